use kurodo_gateway::Handler;

use super::{Answer, Asked, policy::missing};
use crate::{
    DynamoDb,
    model::{GetResourcePolicyOutput, op},
};

impl Handler<op::GetResourcePolicy> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::GetResourcePolicy>) -> Answer<op::GetResourcePolicy> {
        let facts = asked.permits.resource().existing()?;
        let policy = facts.definition.policy.clone().ok_or_else(|| missing(facts, ""))?;
        let (policy, revision_id) = (Some(policy.text), Some(policy.revision));
        Ok(GetResourcePolicyOutput { policy, revision_id }.into())
    }
}
