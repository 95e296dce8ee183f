use std::collections::HashMap;

use jiff::Timestamp;
use kurodo_gateway::Handler;

use super::{Answer, Asked, counts::count};
use crate::{
    DynamoDb,
    definition::{describe, status},
    facts::TableFacts,
    model::{DescribeTableOutput, TableDescription, TableStatus, op},
};

impl Handler<op::DescribeTable> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::DescribeTable>) -> Answer<op::DescribeTable> {
        let (permit, contents) = &asked.permits;
        let facts = permit.resource().existing()?;
        let reader = self.store.read(contents);
        let mut counts = HashMap::from([(None, count(&reader, &facts.definition, None)?)]);
        for index in &facts.definition.indexes {
            counts.insert(Some(index.number), count(&reader, &facts.definition, Some(index))?);
        }
        let counted = |index: Option<&crate::definition::Index>| {
            counts.get(&index.map(|index| index.number)).copied().unwrap_or_default()
        };
        let mut table = describe(facts, status(&facts.definition), counted);
        self.show_access(facts, &mut table);
        Ok(DescribeTableOutput { table: Some(table) }.into())
    }
}

impl DynamoDb {
    /// Says so where KMS did not use the table's key when it was last asked.
    fn show_access(&self, facts: &TableFacts, table: &mut TableDescription) {
        let since = self.vault.access().inaccessible(facts.account, &facts.definition);
        let (Some(since), Some(description)) = (since, &mut table.sse_description) else { return };
        description.inaccessible_encryption_date_time = Timestamp::from_millisecond(since).ok();
        if table.table_status == Some(TableStatus::Active) {
            table.table_status = Some(TableStatus::InaccessibleEncryptionCredentials);
        }
    }
}
