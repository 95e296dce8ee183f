use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{ListUserTagsOutput, op},
    ops::{Answer, Asked},
    page::Paging,
    room::{Look, Room},
    tags,
};

impl Handler<op::ListUserTags> for Iam {
    async fn handle(&self, asked: Asked<'_, op::ListUserTags>) -> Answer<op::ListUserTags> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit);
        let paging = Paging::read("ListUserTags", room.account(), input.marker.as_ref(), input.max_items)?;
        let page = tags::page(&paging, &permit.resource().load(&room)?.tags)?;
        Ok(ListUserTagsOutput { is_truncated: page.truncated(), marker: page.marker, tags: page.items }
            .into())
    }
}
