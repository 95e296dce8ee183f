use kurodo_gateway::Handler;
use kurodo_identity::{Entity, Group, keys};

use crate::{
    Error, Iam,
    model::{ListGroupsForUserOutput, op},
    ops::{Answer, Asked},
    page::Paging,
    room::{Look, Room},
    view,
};

impl Handler<op::ListGroupsForUser> for Iam {
    async fn handle(&self, asked: Asked<'_, op::ListGroupsForUser>) -> Answer<op::ListGroupsForUser> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit);
        let paging =
            Paging::read("ListGroupsForUser", room.account(), input.marker.as_ref(), input.max_items)?;
        let user = permit.resource().load(&room)?;
        let groups: Result<Vec<_>, Error> = user.groups.iter().map(|id| by_id(&room, id)).collect();
        let shown =
            groups?.into_iter().map(|group| (group.name.to_lowercase(), view::group(room.account(), &group)));
        let page = paging.sort(shown.collect())?;
        let (is_truncated, marker) = (page.truncated(), page.marker);
        Ok(ListGroupsForUserOutput { groups: page.items, is_truncated, marker }.into())
    }
}

/// The group with this unique id, which a user's record says there is.
pub(in crate::ops) fn by_id(look: &impl Look, id: &str) -> Result<Group, Error> {
    let gone = Error::Inconsistent("a user's group is gone");
    match look.record(&keys::entity(id))? {
        Some(Entity::Group(name)) => look.record(&keys::group(&name))?.ok_or(gone),
        _ => Err(gone),
    }
}
