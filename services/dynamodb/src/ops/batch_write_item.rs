use std::collections::BTreeMap;

use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    DynamoDb,
    items::{Consumed, Occasion, collection, wants, write},
    model::{BatchWriteItemOutput, op},
    plan::Change,
};

impl Handler<op::BatchWriteItem> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::BatchWriteItem>) -> Answer<op::BatchWriteItem> {
        let (permits, input) = (&asked.permits, &asked.input);
        for permit in permits {
            permit.resource().plan()?;
        }
        let occasion = Occasion::call(asked.call.now_ms);
        let looks = wants(input.return_consumed_capacity);
        let (mut consumed_capacity, mut metrics) = (Vec::new(), BTreeMap::new());
        for permit in permits {
            let (changes, facts) = permit.resource().plan()?;
            let all: Vec<&Change> = changes.0.iter().collect();
            let written = write(self, permit, facts, &all, looks, occasion).await?;
            let mut consumed = Consumed::default();
            written.iter().for_each(|one| consumed.add(&Consumed::written(facts, one)));
            consumed_capacity.extend(consumed.view(input.return_consumed_capacity, &facts.name));
            let reader = self.store.read(permit);
            let asked = input.return_item_collection_metrics;
            let each = all.iter().map(|change| collection(&reader, facts, &change.key.values, asked));
            let found: Vec<_> = each.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
            if !found.is_empty() {
                metrics.insert(facts.name.clone(), found);
            }
        }
        Ok(BatchWriteItemOutput {
            unprocessed_items: Some(BTreeMap::new()),
            item_collection_metrics: Some(metrics).filter(|all| !all.is_empty()),
            consumed_capacity: Some(consumed_capacity).filter(|all| !all.is_empty()),
        }
        .into())
    }
}
