use kurodo_gateway::Handler;

use super::{Answer, Asked, policy::check_revision};
use crate::{
    DynamoDb,
    model::{DeleteResourcePolicyOutput, op},
};

impl Handler<op::DeleteResourcePolicy> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::DeleteResourcePolicy>) -> Answer<op::DeleteResourcePolicy> {
        let (permit, input) = (&asked.permits, asked.input);
        let table = permit.resource();
        check_revision(table.existing()?, input.expected_revision_id.as_deref())?;
        let mut definition = table.definition()?;
        let Some(policy) = definition.policy.take() else {
            return Ok(DeleteResourcePolicyOutput::default().into());
        };
        self.redefine(permit, &definition).await?;
        Ok(DeleteResourcePolicyOutput { revision_id: Some(policy.revision) }.into())
    }
}
