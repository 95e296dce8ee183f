//! Instance profiles.

mod add_role_to_instance_profile;
mod create_instance_profile;
mod delete_instance_profile;
mod get_instance_profile;
mod list_instance_profile_tags;
mod list_instance_profiles;
mod list_instance_profiles_for_role;
mod remove_role_from_instance_profile;
mod tag_instance_profile;
mod untag_instance_profile;

use kurodo_identity::{InstanceProfile, keys};

use crate::{Error, model, room::Look, view};

/// An instance profile with its role.
pub(super) fn shown(look: &impl Look, profile: &InstanceProfile) -> Result<model::InstanceProfile, Error> {
    let role = match &profile.role {
        Some(name) => {
            let role = look.record(&keys::role(name))?;
            Some(role.ok_or(Error::Inconsistent("an instance profile's role is gone"))?)
        }
        None => None,
    };
    Ok(view::instance_profile(look.account(), profile, role.as_ref()))
}
