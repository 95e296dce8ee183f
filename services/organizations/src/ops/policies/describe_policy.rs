use kurodo_gateway::Handler;

use crate::{
    Organizations,
    model::{DescribePolicyOutput, op},
    ops::{Answer, Asked},
    room::{Look, Room},
    view,
};

impl Handler<op::DescribePolicy> for Organizations {
    async fn handle(&self, asked: Asked<'_, op::DescribePolicy>) -> Answer<op::DescribePolicy> {
        let permit = &asked.permits;
        let room = Room::open(&self.store, permit)?;
        let policy = permit.resource().load(&room)?;
        Ok(DescribePolicyOutput { policy: Some(view::whole_policy(room.organization(), &policy)) }.into())
    }
}
