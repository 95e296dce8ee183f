use kurodo_gateway::Handler;

use super::listed;
use crate::{
    Iam,
    model::{ListAttachedGroupPoliciesOutput, op},
    ops::{Answer, Asked},
    page::Paging,
    room::{Look, Room},
};

impl Handler<op::ListAttachedGroupPolicies> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::ListAttachedGroupPolicies>,
    ) -> Answer<op::ListAttachedGroupPolicies> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit);
        let paging = Paging::read(
            "ListAttachedGroupPolicies",
            room.account(),
            input.marker.as_ref(),
            input.max_items,
        )?;
        let group = permit.resource().load(&room)?;
        let page = listed(&paging, &group.attached, input.path_prefix.as_ref())?;
        let (is_truncated, marker) = (page.truncated(), page.marker);
        Ok(ListAttachedGroupPoliciesOutput { attached_policies: Some(page.items), is_truncated, marker }
            .into())
    }
}
