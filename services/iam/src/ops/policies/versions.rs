//! Policies with their versions, whoever provides them.

use kurodo_identity::{
    ManagedPolicy, PolicyVersion,
    managed::{self, AwsPolicy},
};

use crate::{
    Error,
    error::Missing,
    resources::{self, PolicyOwner},
    room::Look,
};

/// The number of a version's id, such as `v1`.
pub(super) fn number(policy: &resources::Policy, id: &str) -> Result<u32, Error> {
    let missing = || Missing::PolicyVersion { arn: policy.arn(), version: id.to_owned() };
    Ok(id.strip_prefix('v').and_then(|number| number.parse().ok()).ok_or_else(missing)?)
}

/// The version of this number.
pub(super) fn version<'p>(
    record: &'p ManagedPolicy,
    policy: &resources::Policy,
    number: u32,
) -> Result<&'p PolicyVersion, Error> {
    let missing = || Missing::PolicyVersion { arn: policy.arn(), version: crate::view::version_id(number) };
    Ok(record.version(number).ok_or_else(missing)?)
}

/// A policy to look at: the account's own, or one that AWS provides.
pub(super) fn readable(look: &impl Look, policy: &resources::Policy) -> Result<ManagedPolicy, Error> {
    match policy.owner {
        PolicyOwner::Account(_) => policy.load(look),
        PolicyOwner::Aws => {
            let provided = managed::policy(&policy.arn()).ok_or_else(|| Missing::Policy(policy.arn()))?;
            Ok(provided_record(provided))
        }
    }
}

/// A policy that AWS provides, as if it were an account's own.
pub(in crate::ops) fn provided_record(policy: &AwsPolicy) -> ManagedPolicy {
    let created = AwsPolicy::CREATED;
    ManagedPolicy {
        name: policy.name.to_owned(),
        id: policy.id.clone(),
        path: policy.path.to_owned(),
        created,
        updated: created,
        description: None,
        tags: Vec::new(),
        versions: vec![PolicyVersion { number: 1, document: policy.document.clone(), created }],
        default: 1,
        latest: 1,
    }
}
