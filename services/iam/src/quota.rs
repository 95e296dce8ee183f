//! How much there may be of everything.
//!
//! Source: IAM User Guide, "IAM and AWS STS quotas": the defaults, as every new account has them.

use crate::{Error, error::Exceeded};

/// A quota, as AWS's errors name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quota {
    pub(crate) name: &'static str,
    pub(crate) limit: usize,
}

impl Quota {
    const fn new(name: &'static str, limit: usize) -> Self {
        Self { name, limit }
    }

    /// Whether there may be one more than these.
    pub(crate) fn admits_another(self, existing: usize) -> Result<(), Error> {
        self.admits(existing.saturating_add(1))
    }

    /// Whether there may be so many, or so much.
    pub(crate) fn admits(self, wanted: usize) -> Result<(), Error> {
        let Self { name, limit } = self;
        if wanted > limit { Err(Exceeded::Quota { name, limit }.into()) } else { Ok(()) }
    }
}

pub(crate) const USERS: Quota = Quota::new("UsersPerAccount", 5000);
pub(crate) const GROUPS: Quota = Quota::new("GroupsPerAccount", 300);
pub(crate) const ROLES: Quota = Quota::new("RolesPerAccount", 1000);
pub(crate) const POLICIES: Quota = Quota::new("PoliciesPerAccount", 1500);
pub(crate) const INSTANCE_PROFILES: Quota = Quota::new("InstanceProfilesPerAccount", 1000);
pub(crate) const SAML_PROVIDERS: Quota = Quota::new("SAMLProvidersPerAccount", 100);
pub(crate) const OIDC_PROVIDERS: Quota = Quota::new("OpenIdConnectProvidersPerAccount", 100);
pub(crate) const CLIENT_IDS: Quota = Quota::new("ClientIdsPerOpenIdConnectProvider", 100);
pub(crate) const THUMBPRINTS: Quota = Quota::new("ThumbprintsPerOpenIdConnectProvider", 5);

pub(crate) const ACCESS_KEYS_PER_USER: Quota = Quota::new("AccessKeysPerUser", 2);
pub(crate) const MFA_DEVICES_PER_USER: Quota = Quota::new("MFADevicesPerUser", 8);
pub(crate) const GROUPS_PER_USER: Quota = Quota::new("GroupsPerUser", 10);
pub(crate) const POLICIES_PER_USER: Quota = Quota::new("PoliciesPerUser", 10);
pub(crate) const POLICIES_PER_GROUP: Quota = Quota::new("PoliciesPerGroup", 10);
pub(crate) const POLICIES_PER_ROLE: Quota = Quota::new("PoliciesPerRole", 10);
pub(crate) const ROLES_PER_PROFILE: Quota = Quota::new("InstanceSessionsPerInstanceProfile", 1);

/// Characters of a managed policy, white space not counted.
pub(crate) const POLICY_SIZE: Quota = Quota::new("PolicySize", 6144);
/// Characters of a trust policy, white space not counted.
pub(crate) const TRUST_POLICY_SIZE: Quota = Quota::new("ACLSizePerRole", 2048);
/// Characters of all inline policies of one user, white space not counted.
pub(crate) const INLINE_USER: usize = 2048;
/// Characters of all inline policies of one group, white space not counted.
pub(crate) const INLINE_GROUP: usize = 5120;
/// Characters of all inline policies of one role, white space not counted.
pub(crate) const INLINE_ROLE: usize = 10_240;
/// Versions of a managed policy.
pub(crate) const POLICY_VERSIONS: usize = 5;
/// Versions of all managed policies of an account.
pub(crate) const POLICY_VERSIONS_IN_USE: usize = 10_000;
/// Tags of one resource.
pub(crate) const TAGS: usize = 50;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_one_is_admitted_and_the_next_is_not() {
        assert!(ACCESS_KEYS_PER_USER.admits_another(1).is_ok());
        let refused = ACCESS_KEYS_PER_USER.admits_another(2).unwrap_err();
        assert_eq!(refused.to_string(), "Cannot exceed quota for AccessKeysPerUser: 2");
        assert_eq!(refused.code(), Some(("LimitExceeded", 409)));
        assert!(POLICY_SIZE.admits(6144).is_ok());
        assert!(POLICY_SIZE.admits(6145).is_err());
    }
}
