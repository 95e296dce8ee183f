use kurodo_authz::OneOf;
use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Kinesis,
    model::{PutResourcePolicyOutput, op},
    policy,
};

impl Handler<op::PutResourcePolicy> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::PutResourcePolicy>) -> Answer<op::PutResourcePolicy> {
        let text = asked.input.policy;
        match &asked.permits {
            OneOf::First(permit) => {
                let mut definition = permit.resource().active(asked.call.now_ms)?;
                definition.bound_policy = Some(policy::accept(&self.principals, &text)?);
                definition.policy = Some(text);
                self.redefine(permit, &definition).await?;
            }
            OneOf::Second(permit) => {
                let mut stored = permit.resource().existing()?.consumer.clone();
                stored.bound_policy = Some(policy::accept(&self.principals, &text)?);
                stored.policy = Some(text);
                self.redefine_consumer(permit, &stored).await?;
            }
        }
        Ok(PutResourcePolicyOutput {}.into())
    }
}
