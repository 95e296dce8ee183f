use kurodo_gateway::Handler;

use super::shown;
use crate::{
    Iam,
    model::{GetInstanceProfileOutput, op},
    ops::{Answer, Asked},
    room::Room,
};

impl Handler<op::GetInstanceProfile> for Iam {
    async fn handle(&self, asked: Asked<'_, op::GetInstanceProfile>) -> Answer<op::GetInstanceProfile> {
        let permit = &asked.permits;
        let room = Room::open(&self.store, permit);
        let instance_profile = shown(&room, &permit.resource().load(&room)?)?;
        Ok(GetInstanceProfileOutput { instance_profile }.into())
    }
}
