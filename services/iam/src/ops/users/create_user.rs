use std::collections::BTreeMap;

use kurodo_gateway::Handler;
use kurodo_identity::{
    Entity, User,
    id::{self, Prefix},
    keys,
};

use crate::{
    Error, Iam,
    error::{Duplicate, Missing},
    model::{CreateUserInput, CreateUserOutput, op},
    ops::{Answer, Asked, boundary, now, path},
    quota,
    room::{Draft, Look},
    tags, view,
};

impl Handler<op::CreateUser> for Iam {
    async fn handle(&self, asked: Asked<'_, op::CreateUser>) -> Answer<op::CreateUser> {
        let (permit, _) = &asked.permits;
        let (input, now) = (&asked.input, now(asked.call));
        let user = self.change(permit, |draft| create(draft, input, now)).await?;
        Ok(CreateUserOutput { user: Some(view::whole_user(permit.resource().account, &user)) }.into())
    }
}

fn create(draft: &Draft<'_>, input: &CreateUserInput, now: i64) -> Result<User, Error> {
    let name = &input.user_name;
    if draft.record(&keys::user(name))?.is_some() {
        return Err(Duplicate::User(name.clone()).into());
    }
    quota::USERS.admits_another(draft.count(&keys::users())?)?;
    if let Some(arn) = &input.permissions_boundary {
        boundary::refer(draft, arn, Missing::Boundary)?;
    }
    let user = User {
        name: name.clone(),
        id: id::unique(Prefix::User, draft.account())?,
        path: path(input.path.as_ref()),
        created: now,
        boundary: input.permissions_boundary.clone(),
        tags: tags::new(input.tags.as_ref())?,
        attached: Vec::new(),
        inline: BTreeMap::new(),
        groups: Vec::new(),
        keys: Vec::new(),
        mfa: Vec::new(),
        login: None,
    };
    draft.keep(&user)?;
    draft.put(&keys::entity(&user.id), &Entity::User(name.clone()))?;
    Ok(user)
}
