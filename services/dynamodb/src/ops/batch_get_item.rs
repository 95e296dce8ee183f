use std::collections::BTreeMap;

use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    DynamoDb,
    attribute::{item_size, shown},
    items::{Consumed, get, read_units},
    meter::Kind,
    model::{BatchGetItemOutput, KeysAndAttributes, op},
};

/// The most bytes that a batch answers with; the other keys are left to the next request.
///
/// Source: DynamoDB API Reference, BatchGetItem.
const ANSWER: usize = 16 << 20;

impl Handler<op::BatchGetItem> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::BatchGetItem>) -> Answer<op::BatchGetItem> {
        let capacity = asked.input.return_consumed_capacity;
        let plans = asked.permits.iter().map(|permit| permit.resource().plan().map(|(_, facts)| facts));
        let keys = self.vault.unlock(plans.collect::<Result<_, _>>()?, asked.call).await?;
        let (mut responses, mut unprocessed) = (BTreeMap::new(), BTreeMap::new());
        let (mut consumed_capacity, mut refused) = (Vec::new(), Vec::new());
        let (mut bytes, mut full) = (0, false);
        for (permit, (name, request)) in asked.permits.iter().zip(asked.input.request_items) {
            let (lookups, facts) = permit.resource().plan()?;
            let admitted = self.meter.admit_read(facts, None);
            let (reader, table) = (self.store.read(permit), keys.of(facts)?);
            let (mut items, mut left, mut units) = (Vec::new(), Vec::new(), 0.0);
            for key in &lookups.keys {
                let leave = full || admitted.is_err();
                let found =
                    if leave { None } else { get(&reader, table, &key.stored)?.map(|(item, _)| item) };
                let size = found.as_ref().map_or(0, item_size);
                full |= bytes + size > ANSWER;
                if leave || full {
                    left.push(shown(key.values.clone()));
                    continue;
                }
                units += read_units(size, lookups.consistent);
                bytes += size;
                items.extend(found.map(|item| match &lookups.projection {
                    Some(projection) => shown(projection.apply(&item)),
                    None => shown(item),
                }));
            }
            if !left.is_empty() {
                unprocessed.insert(name.clone(), KeysAndAttributes { keys: left, ..request });
            }
            let consumed = Consumed::read(units);
            self.meter.charge(facts, Kind::Read, &consumed);
            consumed_capacity.extend(consumed.view(capacity, &facts.name));
            responses.insert(name, items);
            refused.extend(admitted.err());
        }
        if refused.len() == asked.permits.len()
            && let Some(refusal) = refused.pop()
        {
            return Err(refusal);
        }
        Ok(BatchGetItemOutput {
            responses: Some(responses),
            unprocessed_keys: Some(unprocessed),
            consumed_capacity: Some(consumed_capacity).filter(|all| !all.is_empty()),
        }
        .into())
    }
}
