use std::collections::BTreeMap;

use kurodo_gateway::Handler;

use super::{
    Answer, Asked,
    transaction::{Refused, cancelled, check_size, once, throttled, view},
};
use crate::{
    DynamoDb,
    attribute::{item_size, shown},
    items::{Consumed, found, read_units},
    meter::Kind,
    model::{ItemResponse, TransactGetItemsOutput, op},
};

impl Handler<op::TransactGetItems> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::TransactGetItems>) -> Answer<op::TransactGetItems> {
        let plans: Vec<_> = asked.permits.iter().map(|permit| permit.resource().plan()).collect();
        let plans = cancelled(plans, Refused::code)?;
        let Some(first) = asked.permits.first() else {
            return Ok(TransactGetItemsOutput::default().into());
        };
        once(plans.iter().map(|(lookup, facts)| (facts.definition.contents, &lookup.key.stored[..])))?;
        let keys = self.vault.unlock(plans.iter().map(|(_, facts)| *facts).collect(), asked.call).await?;
        throttled(plans.iter().map(|(_, facts)| self.meter.admit_read(facts, None)))?;
        // All items are as they are in one state of the store.
        let state = self.store.read(first);
        let (mut responses, mut consumed, mut bytes) = (Vec::new(), BTreeMap::new(), 0);
        for (permit, (lookup, facts)) in asked.permits.iter().zip(plans) {
            let found = found(&state.beside(permit), keys.of(facts)?, lookup)?;
            let size = found.as_ref().map_or(0, |(item, _)| item_size(item));
            bytes += size;
            check_size(bytes)?;
            let table: &mut Consumed = consumed.entry(facts.name.clone()).or_default();
            let units = Consumed::read(read_units(size, true) * 2.0);
            self.meter.charge(facts, Kind::Read, &units);
            table.add(&units);
            let item = found.map(|(item, part)| shown(part.unwrap_or(item)));
            responses.push(ItemResponse { item });
        }
        let consumed_capacity = view(consumed, asked.input.return_consumed_capacity, false);
        Ok(TransactGetItemsOutput { consumed_capacity, responses: Some(responses) }.into())
    }
}
