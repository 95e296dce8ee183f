use kurodo_authz::OneOf;
use kurodo_gateway::Handler;

use super::{Answer, Asked, policy::Governed};
use crate::{
    DynamoDb,
    definition::ResourcePolicy,
    model::{PutResourcePolicyOutput, op},
};

impl Handler<op::PutResourcePolicy> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::PutResourcePolicy>) -> Answer<op::PutResourcePolicy> {
        let (permits, input) = (&asked.permits, asked.input);
        let governed = match permits {
            OneOf::First(permit) => Governed::table(permit.resource()),
            OneOf::Second(permit) => Governed::stream(permit.resource()),
        }?;
        governed.check_revision(input.expected_revision_id.as_deref())?;
        let (before, now) = (governed.policy, asked.call.now_ms);
        let policy = ResourcePolicy::accept(&self.principals, governed.of, &input.policy, before, now)?;
        // The same text may stand for others by now.
        if let Some(same) = before.filter(|known| known.text == policy.text && known.bound == policy.bound) {
            return Ok(PutResourcePolicyOutput { revision_id: Some(same.revision.clone()) }.into());
        }
        let revision_id = Some(policy.revision.clone());
        match permits {
            OneOf::First(permit) => {
                let mut definition = permit.resource().definition()?;
                definition.policy = Some(policy);
                self.redefine(permit, &definition).await?;
            }
            OneOf::Second(permit) => self.govern_stream(permit, Some(policy)).await?,
        }
        Ok(PutResourcePolicyOutput { revision_id }.into())
    }
}
