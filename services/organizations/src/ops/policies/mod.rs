mod attach_policy;
mod create_policy;
mod delete_policy;
mod describe_policy;
mod detach_policy;
mod disable_policy_type;
mod enable_policy_type;
mod list_policies;
mod list_policies_for_target;
mod list_targets_for_policy;
mod update_policy;

use kurodo_identity::{OrgPolicyKind, keys, managed};

use crate::{Error, resources::Known, room::Look};

/// Every policy of a type: those that every organisation has, and the organisation's own.
fn of_kind(look: &impl Look, kind: OrgPolicyKind) -> Result<Vec<Known>, Error> {
    let provided = managed::ORG_POLICIES.iter().map(Known::Aws);
    let own = look.all(&keys::org_policies())?.into_iter().map(Known::Own);
    Ok(provided.chain(own).filter(|policy| policy.kind() == kind).collect())
}

/// That no other policy of the type has the name.
fn must_be_new(look: &impl Look, kind: OrgPolicyKind, name: &str, except: Option<&str>) -> Result<(), Error> {
    let same = |policy: &Known| policy.name() == name && except != Some(policy.id());
    if of_kind(look, kind)?.iter().any(same) { Err(Error::DuplicatePolicy) } else { Ok(()) }
}
