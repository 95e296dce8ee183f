use kurodo_authz::OneOf;
use kurodo_gateway::Handler;

use super::{Answer, Asked, policy::Governed};
use crate::{
    DynamoDb,
    model::{DeleteResourcePolicyOutput, op},
};

impl Handler<op::DeleteResourcePolicy> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::DeleteResourcePolicy>) -> Answer<op::DeleteResourcePolicy> {
        let (permits, input) = (&asked.permits, asked.input);
        let governed = match permits {
            OneOf::First(permit) => Governed::table(permit.resource())?,
            OneOf::Second(permit) => Governed::stream(permit.resource())?,
        };
        governed.check_revision(input.expected_revision_id.as_deref())?;
        let Some(policy) = governed.policy else { return Ok(DeleteResourcePolicyOutput::default().into()) };
        match permits {
            OneOf::First(permit) => {
                let mut definition = permit.resource().definition()?;
                definition.policy = None;
                self.redefine(permit, &definition).await?;
            }
            OneOf::Second(permit) => self.govern_stream(permit, None).await?,
        }
        Ok(DeleteResourcePolicyOutput { revision_id: Some(policy.revision.clone()) }.into())
    }
}
