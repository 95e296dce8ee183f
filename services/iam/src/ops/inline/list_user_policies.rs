use kurodo_gateway::Handler;

use super::names;
use crate::{
    Iam,
    model::{ListUserPoliciesOutput, op},
    ops::{Answer, Asked},
    page::Paging,
    room::{Look, Room},
};

impl Handler<op::ListUserPolicies> for Iam {
    async fn handle(&self, asked: Asked<'_, op::ListUserPolicies>) -> Answer<op::ListUserPolicies> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit);
        let paging =
            Paging::read("ListUserPolicies", room.account(), input.marker.as_ref(), input.max_items)?;
        let page = names(&paging, &permit.resource().load(&room)?.inline)?;
        let (is_truncated, marker) = (page.truncated(), page.marker);
        Ok(ListUserPoliciesOutput { policy_names: page.items, is_truncated, marker }.into())
    }
}
