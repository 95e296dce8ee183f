use kurodo_gateway::Handler;
use kurodo_identity::{Group, keys};

use crate::{
    Error, Iam,
    error::Missing,
    model::{AddUserToGroupOutput, op},
    ops::{Answer, Asked},
    quota,
    room::{Draft, Look},
};

impl Handler<op::AddUserToGroup> for Iam {
    async fn handle(&self, asked: Asked<'_, op::AddUserToGroup>) -> Answer<op::AddUserToGroup> {
        let (permit, name) = (&asked.permits, &asked.input.user_name);
        self.change(permit, |draft| add(draft, &permit.resource().load(draft)?, name)).await?;
        Ok(AddUserToGroupOutput {}.into())
    }
}

fn add(draft: &Draft<'_>, group: &Group, name: &str) -> Result<(), Error> {
    let user = draft.record(&keys::user(name))?;
    let mut user = user.ok_or_else(|| Missing::User(name.to_owned()))?;
    if user.groups.contains(&group.id) {
        return Ok(());
    }
    quota::GROUPS_PER_USER.admits_another(user.groups.len())?;
    user.groups.push(group.id.clone());
    draft.touch(group)?;
    draft.keep(&user)
}
