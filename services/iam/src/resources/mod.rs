//! What the rows of the table name: found in the store, so that ARNs and condition keys are those of the
//! thing itself. What is not there is named as the request names it, and the operation then says so.

mod account;
mod group;
mod identity;
mod instance_profile;
mod list;
mod mfa;
mod policy;
mod provider;
mod role;
mod seen;
mod user;

pub use account::{Account, account, usage};
pub use group::{Group, group, new_group};
pub(crate) use identity::IdentityKind;
pub use identity::{Identity, identity};
pub use instance_profile::{InstanceProfile, instance_profile, new_instance_profile};
pub use list::{
    Groups, InstanceProfiles, MfaDevices, OidcProviders, Policies, Roles, SamlProviders, Users, groups,
    instance_profiles, mfa_devices, oidc_providers, policies, roles, saml_providers, users,
};
pub use mfa::{MfaDevice, mfa_device, new_mfa_device};
pub use policy::{Policy, PolicyOwner, new_policy, policy};
pub use provider::{
    OidcProvider, SamlProvider, new_oidc_provider, new_saml_provider, oidc_provider, saml_provider,
};
pub use role::{
    Role, bounded_role, new_role, role, role_for_ec2, role_of_task, service_linked_role, use_of_role,
};
pub(crate) use seen::Subject;
pub use user::{
    User, bounded_user, caller, holder_of_key, new_user, use_of_key, user, user_or_caller, user_or_root,
};

use kurodo_arn::AccountId;
use kurodo_gateway::Find;
use kurodo_identity::{ReadRecords, Record, iam_scope, keys::Key};

use crate::{Error, Iam};

/// The caller's account: IAM knows no other.
fn home(find: &Find<'_, Iam>) -> Result<AccountId, Error> {
    find.account().ok_or(Error::Unsigned)
}

/// The record of this key in an account.
fn stored<R: Record>(find: &Find<'_, Iam>, account: AccountId, key: &Key<R>) -> Result<Option<R>, Error> {
    Ok(find.stored().record(&key.below(&iam_scope(account)))?.map(|found| found.value))
}

/// The path that a request gives, or the root.
fn path(given: &Option<String>) -> String {
    given.clone().unwrap_or_else(|| "/".to_owned())
}

/// The account and the part after `kind` of an IAM ARN such as `arn:aws:iam::<account>:<kind>...`.
fn within<'a>(arn: &'a kurodo_arn::Arn, kind: &str) -> Option<(&'a str, &'a str)> {
    let iam = arn.partition == kurodo_arn::PARTITION && arn.service == "iam" && arn.region.is_empty();
    let rest = arn.resource.strip_prefix(kind)?;
    iam.then_some((arn.account.as_str(), rest))
}
