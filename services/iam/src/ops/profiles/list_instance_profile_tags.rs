use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{ListInstanceProfileTagsOutput, op},
    ops::{Answer, Asked},
    page::Paging,
    room::{Look, Room},
    tags,
};

impl Handler<op::ListInstanceProfileTags> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::ListInstanceProfileTags>,
    ) -> Answer<op::ListInstanceProfileTags> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit);
        let paging =
            Paging::read("ListInstanceProfileTags", room.account(), input.marker.as_ref(), input.max_items)?;
        let page = tags::page(&paging, &permit.resource().load(&room)?.tags)?;
        Ok(ListInstanceProfileTagsOutput {
            is_truncated: page.truncated(),
            marker: page.marker,
            tags: page.items,
        }
        .into())
    }
}
