use std::collections::HashMap;

use kurodo_gateway::Handler;

use super::{Answer, Asked, counts::count};
use crate::{
    DynamoDb,
    definition::{describe, status},
    model::{DescribeTableOutput, op},
};

impl Handler<op::DescribeTable> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::DescribeTable>) -> Answer<op::DescribeTable> {
        let (permit, contents) = &asked.permits;
        let facts = permit.resource().existing()?;
        let reader = self.store.read(contents);
        let mut counts = HashMap::from([(None, count(&reader, None)?)]);
        for index in &facts.definition.indexes {
            counts.insert(Some(index.number), count(&reader, Some(index))?);
        }
        let counted = |index: Option<&crate::definition::Index>| {
            counts.get(&index.map(|index| index.number)).copied().unwrap_or_default()
        };
        Ok(DescribeTableOutput { table: Some(describe(facts, status(&facts.definition), counted)) }.into())
    }
}
