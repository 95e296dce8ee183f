use kurodo_gateway::Handler;
use kurodo_identity::keys;

use crate::{
    Iam,
    model::{GetGroupOutput, op},
    ops::{Answer, Asked},
    page::Paging,
    room::{Look, Room},
    view,
};

impl Handler<op::GetGroup> for Iam {
    async fn handle(&self, asked: Asked<'_, op::GetGroup>) -> Answer<op::GetGroup> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit);
        let paging = Paging::read("GetGroup", room.account(), input.marker.as_ref(), input.max_items)?;
        let group = permit.resource().load(&room)?;
        let members = room
            .walk(&keys::users(), paging.after().map(keys::user).as_ref())?
            .filter(|user| user.as_ref().map_or(true, |user| user.groups.contains(&group.id)))
            .map(|user| user.map(|user| (user.name.to_lowercase(), view::user(room.account(), &user))));
        let page = paging.cut(members)?;
        let (is_truncated, marker) = (page.truncated(), page.marker);
        let group = view::group(room.account(), &group);
        Ok(GetGroupOutput { group, users: page.items, is_truncated, marker }.into())
    }
}
