//! Roles.

mod create_role;
mod create_service_linked_role;
mod delete_role;
mod delete_role_permissions_boundary;
mod delete_service_linked_role;
mod get_role;
mod get_service_linked_role_deletion_status;
mod list_role_tags;
mod list_roles;
mod put_role_permissions_boundary;
mod tag_role;
mod trust;
mod untag_role;
mod update_assume_role_policy;
mod update_role;
mod update_role_description;

use kurodo_identity::{Role, keys};

use crate::{
    Error,
    error::Blocker,
    room::{Draft, Look},
};

/// That a role does not belong to a service.
pub(super) fn protect(role: &Role) -> Result<(), Error> {
    if role.service.is_none() {
        return Ok(());
    }
    Err(Error::Unmodifiable(format!(
        "Cannot perform the operation on the protected role '{}' - this role is only modifiable by AWS",
        role.name
    )))
}

/// Deletes a role that no instance profile hands out.
fn delete(draft: &Draft<'_>, role: &Role) -> Result<(), Error> {
    for profile in draft.walk(&keys::instance_profiles(), None)? {
        if profile?.role.is_some_and(|name| name == role.name) {
            return Err(Blocker::InstanceProfile.into());
        }
    }
    draft.delete(&keys::role(&role.name));
    draft.delete(&keys::entity(&role.id));
    Ok(())
}
