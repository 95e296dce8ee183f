use kurodo_gateway::Handler;
use kurodo_identity::keys;

use super::shown;
use crate::{
    Iam,
    model::{InstanceProfile, ListInstanceProfilesOutput, op},
    ops::{Answer, Asked, below},
    page::Paging,
    room::{Look, Room},
};

impl Handler<op::ListInstanceProfiles> for Iam {
    async fn handle(&self, asked: Asked<'_, op::ListInstanceProfiles>) -> Answer<op::ListInstanceProfiles> {
        let (room, input) = (Room::open(&self.store, &asked.permits), &asked.input);
        let paging =
            Paging::read("ListInstanceProfiles", room.account(), input.marker.as_ref(), input.max_items)?;
        let after = paging.after().map(keys::instance_profile);
        let found = room
            .walk(&keys::instance_profiles(), after.as_ref())?
            .filter(|found| found.as_ref().map_or(true, |it| below(&it.path, input.path_prefix.as_ref())))
            .map(|found| found.and_then(|it| Ok((it.name.to_lowercase(), shown(&room, &it)?))));
        let page = paging.cut(found)?;
        let (is_truncated, marker) = (page.truncated(), page.marker);
        let instance_profiles =
            page.items.into_iter().map(|it| InstanceProfile { tags: None, ..it }).collect();
        Ok(ListInstanceProfilesOutput { instance_profiles, is_truncated, marker }.into())
    }
}
