use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Logs,
    definition::GroupDefinition,
    model::{PutLogGroupDeletionProtectionOutput, op},
};

impl Handler<op::PutLogGroupDeletionProtection> for Logs {
    async fn handle(
        &self,
        asked: Asked<'_, op::PutLogGroupDeletionProtection>,
    ) -> Answer<op::PutLogGroupDeletionProtection> {
        let facts = asked.permits.resource().existing()?;
        let protected = asked.input.deletion_protection_enabled;
        let definition = GroupDefinition { protected, ..facts.definition.clone() };
        self.redefine(&asked.permits, facts, &definition).await?;
        Ok(PutLogGroupDeletionProtectionOutput::default().into())
    }
}
