use kurodo_gateway::Handler;

use super::names;
use crate::{
    Iam,
    model::{ListRolePoliciesOutput, op},
    ops::{Answer, Asked},
    page::Paging,
    room::{Look, Room},
};

impl Handler<op::ListRolePolicies> for Iam {
    async fn handle(&self, asked: Asked<'_, op::ListRolePolicies>) -> Answer<op::ListRolePolicies> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit);
        let paging =
            Paging::read("ListRolePolicies", room.account(), input.marker.as_ref(), input.max_items)?;
        let page = names(&paging, &permit.resource().load(&room)?.inline)?;
        let (is_truncated, marker) = (page.truncated(), page.marker);
        Ok(ListRolePoliciesOutput { policy_names: page.items, is_truncated, marker }.into())
    }
}
