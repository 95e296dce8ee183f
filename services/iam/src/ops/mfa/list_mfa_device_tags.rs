use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{ListMFADeviceTagsOutput, op},
    ops::{Answer, Asked},
    page::Paging,
    room::{Look, Room},
    tags,
};

impl Handler<op::ListMFADeviceTags> for Iam {
    async fn handle(&self, asked: Asked<'_, op::ListMFADeviceTags>) -> Answer<op::ListMFADeviceTags> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit);
        let paging =
            Paging::read("ListMFADeviceTags", room.account(), input.marker.as_ref(), input.max_items)?;
        let page = tags::page(&paging, &permit.resource().load(&room)?.tags)?;
        Ok(ListMFADeviceTagsOutput { is_truncated: page.truncated(), marker: page.marker, tags: page.items }
            .into())
    }
}
