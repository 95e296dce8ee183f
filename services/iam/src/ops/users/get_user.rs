use kurodo_gateway::Handler;
use kurodo_identity::{Account, keys};

use crate::{
    Error, Iam,
    model::{self, GetUserOutput, op},
    ops::{Answer, Asked},
    room::{Look, Room},
    view,
};

impl Handler<op::GetUser> for Iam {
    async fn handle(&self, asked: Asked<'_, op::GetUser>) -> Answer<op::GetUser> {
        let permit = &asked.permits;
        let room = Room::open(&self.store, permit);
        let user = match permit.resource().name() {
            Some(_) => view::whole_user(room.account(), &permit.resource().load(&room)?),
            None => root(&room.record(&keys::account())?.ok_or(Error::Inconsistent("no account"))?),
        };
        Ok(GetUserOutput { user }.into())
    }
}

/// The root user, who has neither path nor name.
fn root(account: &Account) -> model::User {
    model::User {
        path: "/".to_owned(),
        user_name: "root".to_owned(),
        user_id: account.id.to_string(),
        arn: account.root_arn(),
        create_date: view::time(account.created),
        password_last_used: None,
        permissions_boundary: None,
        tags: None,
    }
}
