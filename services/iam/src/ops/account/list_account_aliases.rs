use kurodo_gateway::Handler;
use kurodo_identity::keys;

use crate::{
    Error, Iam,
    model::{ListAccountAliasesOutput, op},
    ops::{Answer, Asked},
    page::Paging,
    room::{Look, Room},
};

impl Handler<op::ListAccountAliases> for Iam {
    async fn handle(&self, asked: Asked<'_, op::ListAccountAliases>) -> Answer<op::ListAccountAliases> {
        let (room, input) = (Room::open(&self.store, &asked.permits), &asked.input);
        let paging =
            Paging::read("ListAccountAliases", room.account(), input.marker.as_ref(), input.max_items)?;
        let account = room.record(&keys::account())?.ok_or(Error::Inconsistent("no account"))?;
        let page = paging.cut(account.alias.map(|alias| Ok((alias.clone(), alias))))?;
        let (is_truncated, marker) = (page.truncated(), page.marker);
        Ok(ListAccountAliasesOutput { account_aliases: page.items, is_truncated, marker }.into())
    }
}
