use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Error, Logs,
    definition::GroupDefinition,
    model::{DeleteRetentionPolicyOutput, PutRetentionPolicyOutput, op},
};

/// The days that can be asked for.
///
/// Source: CloudWatch Logs API Reference, PutRetentionPolicy.
const DAYS: [i32; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

impl Handler<op::PutRetentionPolicy> for Logs {
    async fn handle(&self, asked: Asked<'_, op::PutRetentionPolicy>) -> Answer<op::PutRetentionPolicy> {
        let days = asked.input.retention_in_days;
        if !DAYS.contains(&days) {
            let words: Vec<_> = DAYS.iter().map(ToString::to_string).collect();
            return Err(Error::invalid(format!(
                "1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [{}]",
                words.join(", ")
            )));
        }
        let facts = asked.permits.resource().existing()?;
        let definition = GroupDefinition { retention: Some(days), ..facts.definition.clone() };
        self.redefine(&asked.permits, facts, &definition).await?;
        Ok(PutRetentionPolicyOutput::default().into())
    }
}

impl Handler<op::DeleteRetentionPolicy> for Logs {
    async fn handle(&self, asked: Asked<'_, op::DeleteRetentionPolicy>) -> Answer<op::DeleteRetentionPolicy> {
        let facts = asked.permits.resource().existing()?;
        let definition = GroupDefinition { retention: None, ..facts.definition.clone() };
        self.redefine(&asked.permits, facts, &definition).await?;
        Ok(DeleteRetentionPolicyOutput::default().into())
    }
}
