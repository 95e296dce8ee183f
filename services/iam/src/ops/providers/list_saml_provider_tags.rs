use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{ListSAMLProviderTagsOutput, op},
    ops::{Answer, Asked},
    page::Paging,
    room::{Look, Room},
    tags,
};

impl Handler<op::ListSAMLProviderTags> for Iam {
    async fn handle(&self, asked: Asked<'_, op::ListSAMLProviderTags>) -> Answer<op::ListSAMLProviderTags> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit);
        let paging =
            Paging::read("ListSAMLProviderTags", room.account(), input.marker.as_ref(), input.max_items)?;
        let page = tags::page(&paging, &permit.resource().load(&room)?.tags)?;
        Ok(ListSAMLProviderTagsOutput {
            is_truncated: page.truncated(),
            marker: page.marker,
            tags: page.items,
        }
        .into())
    }
}
