use kurodo_gateway::Handler;

use super::names;
use crate::{
    Iam,
    model::{ListGroupPoliciesOutput, op},
    ops::{Answer, Asked},
    page::Paging,
    room::{Look, Room},
};

impl Handler<op::ListGroupPolicies> for Iam {
    async fn handle(&self, asked: Asked<'_, op::ListGroupPolicies>) -> Answer<op::ListGroupPolicies> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit);
        let paging =
            Paging::read("ListGroupPolicies", room.account(), input.marker.as_ref(), input.max_items)?;
        let page = names(&paging, &permit.resource().load(&room)?.inline)?;
        let (is_truncated, marker) = (page.truncated(), page.marker);
        Ok(ListGroupPoliciesOutput { policy_names: page.items, is_truncated, marker }.into())
    }
}
