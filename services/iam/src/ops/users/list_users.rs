use kurodo_gateway::Handler;
use kurodo_identity::keys;

use crate::{
    Iam,
    model::{ListUsersOutput, op},
    ops::{Answer, Asked, below},
    page::Paging,
    room::{Look, Room},
    view,
};

impl Handler<op::ListUsers> for Iam {
    async fn handle(&self, asked: Asked<'_, op::ListUsers>) -> Answer<op::ListUsers> {
        let (room, input) = (Room::open(&self.store, &asked.permits), &asked.input);
        let paging = Paging::read("ListUsers", room.account(), input.marker.as_ref(), input.max_items)?;
        let found = room
            .walk(&keys::users(), paging.after().map(keys::user).as_ref())?
            .filter(|user| user.as_ref().map_or(true, |user| below(&user.path, input.path_prefix.as_ref())))
            .map(|user| user.map(|user| (user.name.to_lowercase(), view::user(room.account(), &user))));
        let page = paging.cut(found)?;
        Ok(ListUsersOutput { is_truncated: page.truncated(), marker: page.marker, users: page.items }.into())
    }
}
