use kurodo_authz::Permit;
use kurodo_gateway::Handler;

use super::{
    Answer, Asked,
    transaction::{Part, Refused, cancelled, changed, checked},
};
use crate::{
    DynamoDb,
    model::{TransactWriteItemsInput, TransactWriteItemsOutput, op},
    table::action,
};

impl Handler<op::TransactWriteItems> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::TransactWriteItems>) -> Answer<op::TransactWriteItems> {
        let input = asked.input;
        let parts = parts(asked.permits, &input);
        let plans = cancelled(parts.iter().map(|part| part.plan()).collect(), Refused::code)?;
        let keys = self.vault.unlock(plans.iter().map(|(_, facts)| *facts).collect(), asked.call).await?;
        let token = input.client_request_token.as_deref();
        let done = self.transact((&parts, &keys), &plans, token, asked.call).await?;
        Ok(TransactWriteItemsOutput {
            consumed_capacity: done.consumed(&plans, input.return_consumed_capacity),
            item_collection_metrics: self.metrics(
                (&parts, &keys),
                &plans,
                input.return_item_collection_metrics,
            )?,
        }
        .into())
    }
}

type Permits<'r> = (
    Vec<Permit<'r, action::ConditionCheckItem>>,
    Vec<Permit<'r, action::PutItem>>,
    Vec<Permit<'r, action::UpdateItem>>,
    Vec<Permit<'r, action::DeleteItem>>,
);

/// The permits in the order of the request.
fn parts<'r>(
    (checks, puts, updates, deletes): Permits<'r>,
    input: &TransactWriteItemsInput,
) -> Vec<Box<dyn Part + 'r>> {
    let (mut checks, mut puts) = (checks.into_iter(), puts.into_iter());
    let (mut updates, mut deletes) = (updates.into_iter(), deletes.into_iter());
    let parts = input.transact_items.iter().filter_map(|item| match item {
        item if item.condition_check.is_some() => checks.next().map(checked),
        item if item.put.is_some() => puts.next().map(changed),
        item if item.update.is_some() => updates.next().map(changed),
        _ => deletes.next().map(changed),
    });
    parts.collect()
}
