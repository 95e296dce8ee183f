use kurodo_gateway::Handler;
use kurodo_identity::keys;

use crate::{
    Iam,
    model::{ListRolesOutput, op},
    ops::{Answer, Asked, below},
    page::Paging,
    room::{Look, Room},
    view,
};

impl Handler<op::ListRoles> for Iam {
    async fn handle(&self, asked: Asked<'_, op::ListRoles>) -> Answer<op::ListRoles> {
        let (room, input) = (Room::open(&self.store, &asked.permits), &asked.input);
        let paging = Paging::read("ListRoles", room.account(), input.marker.as_ref(), input.max_items)?;
        let found = room
            .walk(&keys::roles(), paging.after().map(keys::role).as_ref())?
            .filter(|role| role.as_ref().map_or(true, |role| below(&role.path, input.path_prefix.as_ref())))
            .map(|role| role.map(|role| (role.name.to_lowercase(), view::role(room.account(), &role))));
        let page = paging.cut(found)?;
        Ok(ListRolesOutput { is_truncated: page.truncated(), marker: page.marker, roles: page.items }.into())
    }
}
