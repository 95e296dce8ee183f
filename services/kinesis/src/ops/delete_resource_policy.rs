use kurodo_authz::OneOf;
use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Error, Kinesis,
    model::{DeleteResourcePolicyOutput, op},
};

impl Handler<op::DeleteResourcePolicy> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::DeleteResourcePolicy>) -> Answer<op::DeleteResourcePolicy> {
        let arn = &asked.input.resource_arn;
        let missing = || Error::NotFound(format!("No resource policy found for resource ARN {arn}"));
        match &asked.permits {
            OneOf::First(permit) => {
                let mut definition = permit.resource().active(asked.call.now_ms)?;
                definition.policy.take().ok_or_else(missing)?;
                definition.bound_policy = None;
                self.redefine(permit, &definition).await?;
            }
            OneOf::Second(permit) => {
                let mut stored = permit.resource().existing()?.consumer.clone();
                stored.policy.take().ok_or_else(missing)?;
                stored.bound_policy = None;
                self.redefine_consumer(permit, &stored).await?;
            }
        }
        Ok(DeleteResourcePolicyOutput {}.into())
    }
}
