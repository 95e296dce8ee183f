use kurodo_authz::OneOf;
use kurodo_gateway::Handler;

use super::{Answer, Asked, policy::Governed};
use crate::{
    DynamoDb,
    model::{GetResourcePolicyOutput, op},
};

impl Handler<op::GetResourcePolicy> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::GetResourcePolicy>) -> Answer<op::GetResourcePolicy> {
        let governed = match &asked.permits {
            OneOf::First(permit) => Governed::table(permit.resource())?,
            OneOf::Second(permit) => Governed::stream(permit.resource())?,
        };
        let policy = governed.policy.cloned().ok_or_else(|| governed.missing(""))?;
        let (policy, revision_id) = (Some(policy.text), Some(policy.revision));
        Ok(GetResourcePolicyOutput { policy, revision_id }.into())
    }
}
