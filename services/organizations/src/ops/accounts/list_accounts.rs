use kurodo_gateway::Handler;
use kurodo_identity::keys;

use crate::{
    Organizations,
    model::{ListAccountsOutput, op},
    ops::{Answer, Asked},
    page,
    room::{Look, Room},
    view,
};

impl Handler<op::ListAccounts> for Organizations {
    async fn handle(&self, asked: Asked<'_, op::ListAccounts>) -> Answer<op::ListAccounts> {
        let (room, input) = (Room::open(&self.store, &asked.permits)?, &asked.input);
        let found = room
            .all(&keys::members())?
            .into_iter()
            .map(|member| (member.account.to_string(), view::account(room.organization(), &member)))
            .collect();
        let page = page::cut("ListAccounts", found, input.next_token.as_ref(), input.max_results)?;
        Ok(ListAccountsOutput { accounts: Some(page.items), next_token: page.next }.into())
    }
}
