//! Groups. Who is in one stands on the users.

mod add_user_to_group;
mod create_group;
mod delete_group;
mod get_group;
mod list_groups;
mod list_groups_for_user;
mod remove_user_from_group;
mod update_group;

pub(super) use list_groups_for_user::by_id;
