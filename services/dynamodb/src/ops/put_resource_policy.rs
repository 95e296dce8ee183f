use kurodo_gateway::Handler;

use super::{
    Answer, Asked,
    create_table::revision,
    policy::{check, check_revision},
};
use crate::{
    DynamoDb,
    definition::ResourcePolicy,
    model::{PutResourcePolicyOutput, op},
};

impl Handler<op::PutResourcePolicy> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::PutResourcePolicy>) -> Answer<op::PutResourcePolicy> {
        let (permit, input) = (&asked.permits, asked.input);
        let table = permit.resource();
        check_revision(table.existing()?, input.expected_revision_id.as_deref())?;
        check(&input.policy)?;
        let mut definition = table.definition()?;
        let revision = revision()?;
        definition.policy = Some(ResourcePolicy { text: input.policy, revision: revision.clone() });
        self.redefine(permit, &definition).await?;
        Ok(PutResourcePolicyOutput { revision_id: Some(revision) }.into())
    }
}
