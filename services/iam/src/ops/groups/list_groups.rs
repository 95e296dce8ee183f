use kurodo_gateway::Handler;
use kurodo_identity::keys;

use crate::{
    Iam,
    model::{ListGroupsOutput, op},
    ops::{Answer, Asked, below},
    page::Paging,
    room::{Look, Room},
    view,
};

impl Handler<op::ListGroups> for Iam {
    async fn handle(&self, asked: Asked<'_, op::ListGroups>) -> Answer<op::ListGroups> {
        let (room, input) = (Room::open(&self.store, &asked.permits), &asked.input);
        let paging = Paging::read("ListGroups", room.account(), input.marker.as_ref(), input.max_items)?;
        let found = room
            .walk(&keys::groups(), paging.after().map(keys::group).as_ref())?
            .filter(|group| {
                group.as_ref().map_or(true, |group| below(&group.path, input.path_prefix.as_ref()))
            })
            .map(|group| group.map(|group| (group.name.to_lowercase(), view::group(room.account(), &group))));
        let page = paging.cut(found)?;
        Ok(ListGroupsOutput { is_truncated: page.truncated(), marker: page.marker, groups: page.items }
            .into())
    }
}
