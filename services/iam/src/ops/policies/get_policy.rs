use kurodo_gateway::Handler;

use super::{Uses, versions::readable};
use crate::{
    Iam,
    model::{GetPolicyOutput, Policy, op},
    ops::{Answer, Asked},
    room::{Look, Room},
    view,
};

impl Handler<op::GetPolicy> for Iam {
    async fn handle(&self, asked: Asked<'_, op::GetPolicy>) -> Answer<op::GetPolicy> {
        let permit = &asked.permits;
        let room = Room::open(&self.store, permit);
        let record = readable(&room, permit.resource())?;
        let arn = permit.resource().arn();
        let used = Uses::count(&room)?.of(&arn);
        let policy = Policy { arn: Some(arn), ..view::whole_policy(room.account(), &record, used) };
        Ok(GetPolicyOutput { policy: Some(policy) }.into())
    }
}
