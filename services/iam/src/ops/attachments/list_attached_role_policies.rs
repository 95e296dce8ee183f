use kurodo_gateway::Handler;

use super::listed;
use crate::{
    Iam,
    model::{ListAttachedRolePoliciesOutput, op},
    ops::{Answer, Asked},
    page::Paging,
    room::{Look, Room},
};

impl Handler<op::ListAttachedRolePolicies> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::ListAttachedRolePolicies>,
    ) -> Answer<op::ListAttachedRolePolicies> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit);
        let paging =
            Paging::read("ListAttachedRolePolicies", room.account(), input.marker.as_ref(), input.max_items)?;
        let role = permit.resource().load(&room)?;
        let page = listed(&paging, &role.attached, input.path_prefix.as_ref())?;
        let (is_truncated, marker) = (page.truncated(), page.marker);
        Ok(ListAttachedRolePoliciesOutput { attached_policies: Some(page.items), is_truncated, marker }
            .into())
    }
}
