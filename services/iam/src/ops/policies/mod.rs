//! Managed policies and their versions.

mod create_policy;
mod create_policy_version;
mod delete_policy;
mod delete_policy_version;
mod get_policy;
mod get_policy_version;
mod list_entities_for_policy;
mod list_policies;
mod list_policy_tags;
mod list_policy_versions;
mod set_default_policy_version;
mod tag_policy;
mod untag_policy;
mod uses;
mod versions;

pub(super) use uses::Uses;
pub(super) use versions::provided_record;
