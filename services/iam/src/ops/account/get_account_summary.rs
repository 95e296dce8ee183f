use kurodo_gateway::Handler;
use kurodo_identity::{VirtualMfa, keys};

use crate::{
    Error, Iam,
    model::{GetAccountSummaryOutput, SummaryKeyType, op},
    ops::{Answer, Asked},
    quota,
    room::{Look, Room},
};

impl Handler<op::GetAccountSummary> for Iam {
    async fn handle(&self, asked: Asked<'_, op::GetAccountSummary>) -> Answer<op::GetAccountSummary> {
        let room = Room::open(&self.store, &asked.permits);
        let numbers = entities(&room)?.into_iter().chain(quotas());
        let map =
            numbers.map(|(key, number)| (key.as_str().to_owned(), i32::try_from(number).unwrap_or(i32::MAX)));
        Ok(GetAccountSummaryOutput { summary_map: Some(map.collect()) }.into())
    }
}

/// What there is.
fn entities(look: &impl Look) -> Result<Vec<(SummaryKeyType, usize)>, Error> {
    use SummaryKeyType as Key;
    let account = look.record(&keys::account())?.ok_or(Error::Inconsistent("no account"))?;
    let devices: Vec<VirtualMfa> = look.all(&keys::mfa_devices())?;
    let policies = look.all(&keys::policies())?;
    let providers = look.count(&keys::saml_providers())? + look.count(&keys::oidc_providers())?;
    Ok(vec![
        (Key::Users, look.count(&keys::users())?),
        (Key::Groups, look.count(&keys::groups())?),
        (Key::Roles, look.count(&keys::roles())?),
        (Key::InstanceProfiles, look.count(&keys::instance_profiles())?),
        (Key::Policies, policies.len()),
        (Key::PolicyVersionsInUse, policies.iter().map(|policy| policy.versions.len()).sum()),
        (Key::Providers, providers),
        (Key::MfaDevices, devices.len()),
        (Key::MfaDevicesInUse, devices.iter().filter(|device| device.enabled.is_some()).count()),
        (Key::AccountMfaEnabled, usize::from(!account.root.mfa.is_empty())),
        (Key::AccountAccessKeysPresent, usize::from(!account.root.keys.is_empty())),
        // The root user has no password, and nobody has certificates.
        (Key::AccountPasswordPresent, 0),
        (Key::AccountSigningCertificatesPresent, 0),
        (Key::ServerCertificates, 0),
    ])
}

/// How much there may be. What cannot be made has a quota of none.
fn quotas() -> Vec<(SummaryKeyType, usize)> {
    use SummaryKeyType as Key;
    vec![
        (Key::UsersQuota, quota::USERS.limit),
        (Key::GroupsQuota, quota::GROUPS.limit),
        (Key::RolesQuota, quota::ROLES.limit),
        (Key::InstanceProfilesQuota, quota::INSTANCE_PROFILES.limit),
        (Key::PoliciesQuota, quota::POLICIES.limit),
        (Key::PolicySizeQuota, quota::POLICY_SIZE.limit),
        (Key::PolicyVersionsInUseQuota, quota::POLICY_VERSIONS_IN_USE),
        (Key::VersionsPerPolicyQuota, quota::POLICY_VERSIONS),
        (Key::UserPolicySizeQuota, quota::INLINE_USER),
        (Key::GroupPolicySizeQuota, quota::INLINE_GROUP),
        (Key::RolePolicySizeQuota, quota::INLINE_ROLE),
        (Key::AssumeRolePolicySizeQuota, quota::TRUST_POLICY_SIZE.limit),
        (Key::GroupsPerUserQuota, quota::GROUPS_PER_USER.limit),
        (Key::AccessKeysPerUserQuota, quota::ACCESS_KEYS_PER_USER.limit),
        (Key::AttachedPoliciesPerUserQuota, quota::POLICIES_PER_USER.limit),
        (Key::AttachedPoliciesPerGroupQuota, quota::POLICIES_PER_GROUP.limit),
        (Key::AttachedPoliciesPerRoleQuota, quota::POLICIES_PER_ROLE.limit),
        (Key::GlobalEndpointTokenVersion, 2),
        (Key::ServerCertificatesQuota, 0),
        (Key::SigningCertificatesPerUserQuota, 0),
    ]
}
