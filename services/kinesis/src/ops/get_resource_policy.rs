use kurodo_authz::OneOf;
use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Error, Kinesis,
    model::{GetResourcePolicyOutput, op},
};

impl Handler<op::GetResourcePolicy> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::GetResourcePolicy>) -> Answer<op::GetResourcePolicy> {
        let policy = match &asked.permits {
            OneOf::First(permit) => permit.resource().existing()?.definition.policy.clone(),
            OneOf::Second(permit) => permit.resource().existing()?.consumer.policy.clone(),
        };
        let arn = &asked.input.resource_arn;
        let missing = || Error::NotFound(format!("No resource policy found for resource ARN {arn}"));
        Ok(GetResourcePolicyOutput { policy: policy.ok_or_else(missing)? }.into())
    }
}
