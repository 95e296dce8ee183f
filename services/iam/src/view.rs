//! Records as answers carry them.

use jiff::Timestamp;
use kurodo_arn::AccountId;
use kurodo_identity::{Group, InstanceProfile, ManagedPolicy, PolicyVersion, Role, RoleUse, User};

use crate::{
    model::{self, AttachedPermissionsBoundary, AttachedPolicy, PermissionsBoundaryAttachmentType},
    tags,
    text::encoded,
};

/// A time in whole seconds since 1970.
pub(crate) fn time(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or_default()
}

/// A user as lists have it.
pub(crate) fn user(account: AccountId, user: &User) -> model::User {
    model::User {
        path: user.path.clone(),
        user_name: user.name.clone(),
        user_id: user.id.clone(),
        arn: user.arn(account),
        create_date: time(user.created),
        password_last_used: None,
        permissions_boundary: None,
        tags: None,
    }
}

/// A user with all that there is to tell.
pub(crate) fn whole_user(account: AccountId, record: &User) -> model::User {
    model::User {
        permissions_boundary: boundary(record.boundary.as_ref()),
        tags: tags::some(&record.tags),
        ..user(account, record)
    }
}

/// A group.
pub(crate) fn group(account: AccountId, group: &Group) -> model::Group {
    model::Group {
        path: group.path.clone(),
        group_name: group.name.clone(),
        group_id: group.id.clone(),
        arn: group.arn(account),
        create_date: time(group.created),
    }
}

/// A role as lists have it.
pub(crate) fn role(account: AccountId, role: &Role) -> model::Role {
    model::Role {
        path: role.path.clone(),
        role_name: role.name.clone(),
        role_id: role.id.clone(),
        arn: role.arn(account),
        create_date: time(role.created),
        assume_role_policy_document: Some(encoded(&role.trust)),
        description: role.description.clone(),
        max_session_duration: i32::try_from(role.max_session).ok(),
        permissions_boundary: None,
        tags: None,
        role_last_used: None,
        source_role_template: None,
    }
}

/// A role with all that its record tells.
pub(crate) fn whole_role(account: AccountId, record: &Role) -> model::Role {
    model::Role {
        permissions_boundary: boundary(record.boundary.as_ref()),
        tags: tags::some(&record.tags),
        ..role(account, record)
    }
}

/// When a role was last used; empty for one that never was.
pub(crate) fn role_use(used: Option<&RoleUse>) -> model::RoleLastUsed {
    model::RoleLastUsed {
        last_used_date: used.map(|used| time(used.at)),
        region: used.map(|used| used.region.clone()),
    }
}

/// An instance profile with its role, as lists have it.
pub(crate) fn instance_profile(
    account: AccountId,
    profile: &InstanceProfile,
    within: Option<&Role>,
) -> model::InstanceProfile {
    model::InstanceProfile {
        path: profile.path.clone(),
        instance_profile_name: profile.name.clone(),
        instance_profile_id: profile.id.clone(),
        arn: profile.arn(account),
        create_date: time(profile.created),
        roles: within.iter().map(|within| role(account, within)).collect(),
        tags: tags::some(&profile.tags),
    }
}

/// How often a managed policy is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Used {
    /// Attached to users, groups and roles.
    pub(crate) attached: i32,
    /// The permissions boundary of users and roles.
    pub(crate) boundary: i32,
}

/// A managed policy as lists have it.
pub(crate) fn policy(account: AccountId, policy: &ManagedPolicy, used: Used) -> model::Policy {
    model::Policy {
        policy_name: Some(policy.name.clone()),
        policy_id: Some(policy.id.clone()),
        arn: Some(policy.arn(account)),
        path: Some(policy.path.clone()),
        default_version_id: Some(version_id(policy.default)),
        attachment_count: Some(used.attached),
        permissions_boundary_usage_count: Some(used.boundary),
        is_attachable: Some(true),
        description: None,
        create_date: Some(time(policy.created)),
        update_date: Some(time(policy.updated)),
        tags: None,
    }
}

/// A managed policy with all that there is to tell.
pub(crate) fn whole_policy(account: AccountId, record: &ManagedPolicy, used: Used) -> model::Policy {
    model::Policy {
        description: record.description.clone(),
        tags: tags::some(&record.tags),
        ..policy(account, record, used)
    }
}

/// A version of a managed policy, without its document.
pub(crate) fn version(policy: &ManagedPolicy, version: &PolicyVersion) -> model::PolicyVersion {
    model::PolicyVersion {
        document: None,
        version_id: Some(version_id(version.number)),
        is_default_version: Some(version.number == policy.default),
        create_date: Some(time(version.created)),
    }
}

/// The id of a version: `v1`.
pub(crate) fn version_id(number: u32) -> String {
    format!("v{number}")
}

/// An attached policy: its ARN, and the name that the ARN ends with.
pub(crate) fn attached(arn: &str) -> AttachedPolicy {
    let name = arn.rsplit('/').next().unwrap_or_default();
    AttachedPolicy { policy_name: Some(name.to_owned()), policy_arn: Some(arn.to_owned()) }
}

/// A permissions boundary.
pub(crate) fn boundary(arn: Option<&String>) -> Option<AttachedPermissionsBoundary> {
    let kind = PermissionsBoundaryAttachmentType::PermissionsBoundaryPolicy;
    arn.map(|arn| AttachedPermissionsBoundary {
        permissions_boundary_type: Some(kind),
        permissions_boundary_arn: Some(arn.clone()),
    })
}
