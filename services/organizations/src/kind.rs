use kurodo_authz::{Action, Need};
use kurodo_gateway::ConditionValue;
use kurodo_identity::{OrgPolicyKind, Organization};

use crate::{
    Error,
    model::{PolicyType, PolicyTypeStatus, PolicyTypeSummary},
};

/// `organizations:PolicyType` and its like have the type's name as their value.
impl ConditionValue for PolicyType {
    fn condition<A: Action>(&self, key: &'static str, need: Need<A>) -> Need<A> {
        need.with(key, self.as_str())
    }
}

/// The type of policies that a request names.
///
/// # Errors
/// [`Error::TypeNotAvailable`] for those that enforce nothing here.
pub(crate) fn read(given: PolicyType) -> Result<OrgPolicyKind, Error> {
    match given {
        PolicyType::ServiceControlPolicy => Ok(OrgPolicyKind::Scp),
        PolicyType::ResourceControlPolicy => Ok(OrgPolicyKind::Rcp),
        other => Err(Error::TypeNotAvailable(other)),
    }
}

/// The type as answers name it.
pub(crate) fn view(kind: OrgPolicyKind) -> PolicyType {
    match kind {
        OrgPolicyKind::Scp => PolicyType::ServiceControlPolicy,
        OrgPolicyKind::Rcp => PolicyType::ResourceControlPolicy,
    }
}

/// The types that are in force.
pub(crate) fn enabled(organization: &Organization) -> Vec<PolicyTypeSummary> {
    let summary =
        |&kind| PolicyTypeSummary { r#type: Some(view(kind)), status: Some(PolicyTypeStatus::Enabled) };
    organization.enabled.iter().map(summary).collect()
}

/// That the policies of a type are in force.
pub(crate) fn must_be_enabled(organization: &Organization, kind: OrgPolicyKind) -> Result<(), Error> {
    if organization.enabled.contains(&kind) { Ok(()) } else { Err(Error::TypeNotEnabled) }
}
