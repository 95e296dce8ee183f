use kurodo_gateway::Handler;

use super::{profile, shown};
use crate::{
    Iam,
    model::{GetLoginProfileOutput, op},
    ops::{Answer, Asked},
    room::Room,
};

impl Handler<op::GetLoginProfile> for Iam {
    async fn handle(&self, asked: Asked<'_, op::GetLoginProfile>) -> Answer<op::GetLoginProfile> {
        let permit = &asked.permits;
        let user = permit.resource().load(&Room::open(&self.store, permit))?;
        let login_profile = shown(&user, profile(&user)?);
        Ok(GetLoginProfileOutput { login_profile }.into())
    }
}
