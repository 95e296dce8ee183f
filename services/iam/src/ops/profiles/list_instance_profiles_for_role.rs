use kurodo_gateway::Handler;
use kurodo_identity::keys;

use super::shown;
use crate::{
    Iam,
    model::{InstanceProfile, ListInstanceProfilesForRoleOutput, op},
    ops::{Answer, Asked},
    page::Paging,
    room::{Look, Room},
};

impl Handler<op::ListInstanceProfilesForRole> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::ListInstanceProfilesForRole>,
    ) -> Answer<op::ListInstanceProfilesForRole> {
        let (permit, input) = (&asked.permits, &asked.input);
        let room = Room::open(&self.store, permit);
        let operation = "ListInstanceProfilesForRole";
        let paging = Paging::read(operation, room.account(), input.marker.as_ref(), input.max_items)?;
        let role = permit.resource().load(&room)?;
        let after = paging.after().map(keys::instance_profile);
        let found = room
            .walk(&keys::instance_profiles(), after.as_ref())?
            .filter(|found| found.as_ref().map_or(true, |it| it.role.as_ref() == Some(&role.name)))
            .map(|found| found.and_then(|it| Ok((it.name.to_lowercase(), shown(&room, &it)?))));
        let page = paging.cut(found)?;
        let (is_truncated, marker) = (page.truncated(), page.marker);
        let instance_profiles =
            page.items.into_iter().map(|it| InstanceProfile { tags: None, ..it }).collect();
        Ok(ListInstanceProfilesForRoleOutput { instance_profiles, is_truncated, marker }.into())
    }
}
