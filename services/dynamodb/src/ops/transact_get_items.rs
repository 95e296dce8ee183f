use std::collections::BTreeMap;

use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    DynamoDb, Error,
    attribute::{item_size, shown},
    error::Reason,
    items::{Consumed, found, read_units},
    meter::Kind,
    model::{ConsumedCapacity, ItemResponse, ReturnConsumedCapacity, TransactGetItemsOutput, op},
};

impl Handler<op::TransactGetItems> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::TransactGetItems>) -> Answer<op::TransactGetItems> {
        let plans: Vec<_> = asked.permits.iter().map(|permit| permit.resource().plan()).collect();
        let plans = cancelled(plans)?;
        let Some(first) = asked.permits.first() else {
            return Ok(TransactGetItemsOutput::default().into());
        };
        throttled(plans.iter().map(|(_, facts)| self.meter.admit_read(facts, None)))?;
        // All items are as they are in one state of the store.
        let state = self.store.read(first);
        let (mut responses, mut consumed) = (Vec::new(), BTreeMap::new());
        for (permit, (lookup, facts)) in asked.permits.iter().zip(plans) {
            let found = found(&state.beside(permit), lookup)?;
            let size = found.as_ref().map_or(0, |(item, _)| item_size(item));
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

/// That all of it is let through; or else why the transaction is cancelled.
pub(super) fn throttled(admitted: impl Iterator<Item = Result<(), Error>>) -> Result<(), Error> {
    let (mut reasons, mut refused) = (Vec::new(), false);
    for one in admitted {
        reasons.push(match one {
            Ok(()) => Reason::NONE,
            Err(error) => {
                refused = true;
                let (code, message) = ("ProvisionedThroughputExceeded", Some(error.to_string()));
                Reason { code, message, item: None }
            }
        });
    }
    if refused { Err(Error::TransactionCanceled(reasons)) } else { Ok(()) }
}

/// What a transaction consumed, by table.
pub(super) fn view(
    consumed: BTreeMap<String, Consumed>,
    asked: Option<ReturnConsumedCapacity>,
    writes: bool,
) -> Option<Vec<ConsumedCapacity>> {
    let each = consumed.into_iter().filter_map(|(table, consumed)| {
        let view = consumed.view(asked, &table)?;
        let units = view.capacity_units;
        Some(if writes {
            ConsumedCapacity { write_capacity_units: units, ..view }
        } else {
            ConsumedCapacity { read_capacity_units: units, ..view }
        })
    });
    Some(each.collect::<Vec<_>>()).filter(|all| !all.is_empty())
}

/// The plans, if all can be done; or else why the transaction is cancelled.
pub(super) fn cancelled<T>(plans: Vec<Result<T, Error>>) -> Result<Vec<T>, Error> {
    if plans.iter().any(|plan| matches!(plan, Err(Error::Validation(_)))) {
        let reason = |plan: &Result<T, Error>| match plan {
            Err(Error::Validation(message)) => {
                Reason { code: "ValidationError", message: Some(message.clone()), item: None }
            }
            _ => Reason::NONE,
        };
        return Err(Error::TransactionCanceled(plans.iter().map(reason).collect()));
    }
    plans.into_iter().collect()
}
