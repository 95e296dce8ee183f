use kurodo_gateway::Handler;
use kurodo_identity::keys;

use crate::{
    Organizations,
    error::Missing,
    model::{ListAccountsForParentOutput, op},
    ops::{Answer, Asked},
    page,
    room::{Look, Room},
    view,
};

impl Handler<op::ListAccountsForParent> for Organizations {
    async fn handle(&self, asked: Asked<'_, op::ListAccountsForParent>) -> Answer<op::ListAccountsForParent> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit)?;
        permit.resource().load(&room, Missing::Parent)?;
        let found = room
            .all(&keys::members())?
            .into_iter()
            .filter(|member| member.parent == input.parent_id)
            .map(|member| (member.account.to_string(), view::account(room.organization(), &member)))
            .collect();
        let page = page::cut("ListAccountsForParent", found, input.next_token.as_ref(), input.max_results)?;
        Ok(ListAccountsForParentOutput { accounts: Some(page.items), next_token: page.next }.into())
    }
}
