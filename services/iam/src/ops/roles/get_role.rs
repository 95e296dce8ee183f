use kurodo_gateway::Handler;
use kurodo_identity::keys;

use crate::{
    Iam,
    model::{GetRoleOutput, Role, op},
    ops::{Answer, Asked},
    room::{Look, Room},
    view,
};

impl Handler<op::GetRole> for Iam {
    async fn handle(&self, asked: Asked<'_, op::GetRole>) -> Answer<op::GetRole> {
        let (permit, uses) = &asked.permits;
        let room = Room::open(&self.store, permit);
        let record = permit.resource().load(&room)?;
        let used = Room::open(&self.store, uses).record(&keys::role_uses().exactly(&record.id))?;
        let role_last_used = Some(view::role_use(used.as_ref()));
        let role = Role { role_last_used, ..view::whole_role(room.account(), &record) };
        Ok(GetRoleOutput { role }.into())
    }
}
