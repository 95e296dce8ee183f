use std::collections::BTreeMap;

use kurodo_authz::Permit;
use kurodo_gateway::{Call, Handler};

use super::{
    Answer, Asked,
    transaction::{Part, Refused, cancelled, changed, checked, once, view},
};
use crate::{
    DynamoDb, Error,
    attribute::shown,
    items::Consumed,
    model::{ExecuteTransactionInput, ExecuteTransactionOutput, ItemResponse, ReturnConsumedCapacity, op},
    partiql::{Fault, Statement},
    table::action,
};

impl Handler<op::ExecuteTransaction> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::ExecuteTransaction>) -> Answer<op::ExecuteTransaction> {
        let (capacity, input) = (asked.input.return_consumed_capacity, asked.input);
        let (selects, exists, inserts, updates, deletes) = asked.permits;
        if !selects.is_empty() {
            return self.selected_together(&selects, asked.call, capacity).await.map(Into::into);
        }
        let parts = parts((exists, inserts, updates, deletes), &input);
        let plans = planned(parts.iter().map(|part| part.plan()).collect())?;
        let keys = self.vault.unlock(plans.iter().map(|(_, facts)| *facts).collect(), asked.call).await?;
        let token = input.client_request_token.as_deref();
        let done = self.transact((&parts, &keys), &plans, token, asked.call).await?;
        let consumed_capacity = done.consumed(&plans, capacity);
        Ok(ExecuteTransactionOutput { responses: Some(Vec::new()), consumed_capacity }.into())
    }
}

/// The plans, if all can be done.
fn planned<T>(plans: Vec<Result<T, Error>>) -> Result<Vec<T>, Error> {
    let unfit = |plan: &Result<T, Error>| matches!(plan, Err(Error::Statement(_)));
    match plans.iter().position(unfit) {
        Some(at) => Err(plans
            .into_iter()
            .nth(at)
            .and_then(Result::err)
            .map_or(Fault::NO_STATEMENT.into(), |error| error.in_statement(at))),
        None => cancelled(plans, Refused::statement_code),
    }
}

type Permits<'r> = (
    Vec<Permit<'r, action::PartiQLExists>>,
    Vec<Permit<'r, action::PartiQLInsert>>,
    Vec<Permit<'r, action::PartiQLUpdate>>,
    Vec<Permit<'r, action::PartiQLDelete>>,
);

/// The permits in the order of the request.
fn parts<'r>(
    (exists, inserts, updates, deletes): Permits<'r>,
    input: &ExecuteTransactionInput,
) -> Vec<Box<dyn Part + 'r>> {
    let (mut exists, mut inserts) = (exists.into_iter(), inserts.into_iter());
    let (mut updates, mut deletes) = (updates.into_iter(), deletes.into_iter());
    let parts = input.transact_statements.iter().filter_map(|one| {
        match Statement::parse(&one.statement, one.parameters.as_deref()).ok()? {
            Statement::Select(_) => None,
            Statement::Exists(_) => exists.next().map(checked),
            Statement::Insert(_) => inserts.next().map(changed),
            Statement::Change(change) if change.update.is_some() => updates.next().map(changed),
            Statement::Change(_) => deletes.next().map(changed),
        }
    });
    parts.collect()
}

impl DynamoDb {
    /// Reads items as they are in one state of the store.
    async fn selected_together(
        &self,
        permits: &[Permit<'_, action::PartiQLSelect>],
        call: &Call,
        capacity: Option<ReturnConsumedCapacity>,
    ) -> Result<ExecuteTransactionOutput, Error> {
        let plans = planned(permits.iter().map(|permit| permit.resource().plan()).collect())?;
        let keys = self.vault.unlock(plans.iter().map(|(_, facts)| *facts).collect(), call).await?;
        once(plans.iter().flat_map(|(plan, facts)| {
            plan.reads.iter().map(|read| (facts.definition.contents, read.place()))
        }))?;
        let Some(first) = permits.first() else { return Ok(ExecuteTransactionOutput::default()) };
        let state = self.store.read(first);
        let (mut responses, mut consumed) = (Vec::new(), BTreeMap::new());
        for (permit, (plan, facts)) in permits.iter().zip(plans) {
            let (found, _) = self.select(&state.beside(permit), (facts, keys.of(facts)?), plan, None)?;
            let table: &mut Consumed = consumed.entry(facts.name.clone()).or_default();
            table.add(&found.consumed.times(2.0));
            responses.push(ItemResponse { item: found.items.into_iter().next().map(shown) });
        }
        let consumed_capacity = view(consumed, capacity, false);
        Ok(ExecuteTransactionOutput { consumed_capacity, responses: Some(responses) })
    }
}
