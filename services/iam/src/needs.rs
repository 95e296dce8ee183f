//! Needs that a row cannot say in a line: those of requests that ask for more than their operation's own
//! action.

use kurodo_authz::Need;
use kurodo_gateway::Find;

use crate::{
    Error, Iam,
    model::{UpdateGroupInput, UpdateUserInput},
    resources,
    table::action,
};

/// Who renames or moves a user must be allowed to do it to what it is and to what it becomes.
pub(crate) async fn update_user(
    find: &Find<'_, Iam>,
    input: &UpdateUserInput,
) -> Result<(Need<action::UpdateUser>, Option<Need<action::UpdateUser>>), Error> {
    let user = resources::user(find, &input.user_name).await?;
    if input.new_path.is_none() && input.new_user_name.is_none() {
        return Ok((Need::new(user), None));
    }
    let renamed = user.renamed(input.new_path.as_deref(), input.new_user_name.as_deref());
    Ok((Need::new(user), Some(Need::new(renamed))))
}

/// Who renames or moves a group must be allowed to do it to what it is and to what it becomes.
pub(crate) async fn update_group(
    find: &Find<'_, Iam>,
    input: &UpdateGroupInput,
) -> Result<(Need<action::UpdateGroup>, Option<Need<action::UpdateGroup>>), Error> {
    let group = resources::group(find, &input.group_name).await?;
    if input.new_path.is_none() && input.new_group_name.is_none() {
        return Ok((Need::new(group), None));
    }
    let renamed = group.renamed(input.new_path.as_deref(), input.new_group_name.as_deref());
    Ok((Need::new(group), Some(Need::new(renamed))))
}
