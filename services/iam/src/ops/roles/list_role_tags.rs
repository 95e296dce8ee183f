use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{ListRoleTagsOutput, op},
    ops::{Answer, Asked},
    page::Paging,
    room::{Look, Room},
    tags,
};

impl Handler<op::ListRoleTags> for Iam {
    async fn handle(&self, asked: Asked<'_, op::ListRoleTags>) -> Answer<op::ListRoleTags> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit);
        let paging = Paging::read("ListRoleTags", room.account(), input.marker.as_ref(), input.max_items)?;
        let page = tags::page(&paging, &permit.resource().load(&room)?.tags)?;
        Ok(ListRoleTagsOutput { is_truncated: page.truncated(), marker: page.marker, tags: page.items }
            .into())
    }
}
