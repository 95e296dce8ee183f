use kurodo_gateway::Handler;
use kurodo_identity::{Entity, User, keys};

use crate::{
    Error, Iam,
    error::Duplicate,
    model::{UpdateUserInput, UpdateUserOutput, op},
    ops::{Answer, Asked},
    room::{Draft, Look},
};

impl Handler<op::UpdateUser> for Iam {
    async fn handle(&self, asked: Asked<'_, op::UpdateUser>) -> Answer<op::UpdateUser> {
        let (permit, _) = &asked.permits;
        self.change(permit, |draft| update(draft, permit.resource().load(draft)?, &asked.input)).await?;
        Ok(UpdateUserOutput {}.into())
    }
}

fn update(draft: &Draft<'_>, mut user: User, input: &UpdateUserInput) -> Result<(), Error> {
    let old = keys::user(&user.name);
    if let Some(path) = &input.new_path {
        user.path.clone_from(path);
    }
    if let Some(name) = &input.new_user_name {
        user.name.clone_from(name);
    }
    let new = keys::user(&user.name);
    if old.as_ref() != new.as_ref() {
        if draft.record(&new)?.is_some() {
            return Err(Duplicate::User(user.name).into());
        }
        draft.delete(&old);
    }
    draft.keep(&user)?;
    draft.put(&keys::entity(&user.id), &Entity::User(user.name.clone()))
}
