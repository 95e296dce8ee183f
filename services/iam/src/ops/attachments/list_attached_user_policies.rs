use kurodo_gateway::Handler;

use super::listed;
use crate::{
    Iam,
    model::{ListAttachedUserPoliciesOutput, op},
    ops::{Answer, Asked},
    page::Paging,
    room::{Look, Room},
};

impl Handler<op::ListAttachedUserPolicies> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::ListAttachedUserPolicies>,
    ) -> Answer<op::ListAttachedUserPolicies> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit);
        let paging =
            Paging::read("ListAttachedUserPolicies", room.account(), input.marker.as_ref(), input.max_items)?;
        let user = permit.resource().load(&room)?;
        let page = listed(&paging, &user.attached, input.path_prefix.as_ref())?;
        let (is_truncated, marker) = (page.truncated(), page.marker);
        Ok(ListAttachedUserPoliciesOutput { attached_policies: Some(page.items), is_truncated, marker }
            .into())
    }
}
