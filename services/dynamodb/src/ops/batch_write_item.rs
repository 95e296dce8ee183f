use std::collections::BTreeMap;

use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    DynamoDb, Error,
    attribute::shown,
    items::{Consumed, Occasion, collection, wants, write},
    model::{BatchWriteItemOutput, DeleteRequest, PutRequest, WriteRequest, op},
    plan::{Act, Change},
};

impl Handler<op::BatchWriteItem> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::BatchWriteItem>) -> Answer<op::BatchWriteItem> {
        let (permits, input) = (&asked.permits, &asked.input);
        let plans = permits.iter().map(|permit| permit.resource().plan().map(|(_, facts)| facts));
        let keys = self.vault.unlock(plans.collect::<Result<_, _>>()?, asked.call).await?;
        let occasion = Occasion::call(asked.call.now_ms);
        let looks = wants(input.return_consumed_capacity);
        let (mut consumed_capacity, mut metrics) = (Vec::new(), BTreeMap::new());
        let (mut unprocessed, mut refused) = (BTreeMap::new(), None);
        for permit in permits {
            let (changes, facts) = permit.resource().plan()?;
            let table = (facts, keys.of(facts)?);
            let all: Vec<&Change> = changes.0.iter().collect();
            let written = match write(self, permit, table, &all, looks, occasion).await {
                Err(refusal @ Error::ThroughputExceeded(_)) => {
                    unprocessed
                        .insert(facts.name.clone(), all.iter().map(|change| request(change)).collect());
                    refused = Some(refusal);
                    continue;
                }
                written => written?,
            };
            let mut consumed = Consumed::default();
            written.iter().for_each(|one| consumed.add(&Consumed::written(facts, one)));
            consumed_capacity.extend(consumed.view(input.return_consumed_capacity, &facts.name));
            let reader = self.store.read(permit);
            let asked = input.return_item_collection_metrics;
            let each = all.iter().map(|change| collection(&reader, table, &change.key.values, asked));
            let found: Vec<_> = each.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
            if !found.is_empty() {
                metrics.insert(facts.name.clone(), found);
            }
        }
        if let Some(refusal) = refused.filter(|_| unprocessed.len() == permits.len()) {
            return Err(refusal);
        }
        Ok(BatchWriteItemOutput {
            unprocessed_items: Some(unprocessed),
            item_collection_metrics: Some(metrics).filter(|all| !all.is_empty()),
            consumed_capacity: Some(consumed_capacity).filter(|all| !all.is_empty()),
        }
        .into())
    }
}

/// The request of a change that was not made, to be made again.
fn request(change: &Change) -> WriteRequest {
    let nothing = WriteRequest { put_request: None, delete_request: None };
    match &change.act {
        Act::Put(item) => {
            WriteRequest { put_request: Some(PutRequest { item: shown(item.clone()) }), ..nothing }
        }
        _ => {
            let key = shown(change.key.values.clone());
            WriteRequest { delete_request: Some(DeleteRequest { key }), ..nothing }
        }
    }
}
