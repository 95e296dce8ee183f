use kurodo_authz::Permit;
use kurodo_gateway::{Call, Handler};

use super::{Answer, Asked};
use crate::{
    DynamoDb, Error,
    attribute::{Item, shown},
    encryption::Locked,
    facts::TableFacts,
    items::{Digest, Page},
    model::{ExecuteStatementInput, ExecuteStatementOutput, op},
    partiql::Fault,
    plan::Select,
    table::action,
};

impl Handler<op::ExecuteStatement> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::ExecuteStatement>) -> Answer<op::ExecuteStatement> {
        let (input, capacity) = (&asked.input, asked.input.return_consumed_capacity);
        let (selects, _, inserts, updates, deletes) = &asked.permits;
        if let Some(permit) = selects {
            return self.selected(permit, input, asked.call).await.map(Into::into);
        }
        if input.next_token.is_some() {
            return Err(Error::validation("NextToken does not match request"));
        }
        let changed = match (inserts, updates, deletes) {
            (Some(permit), _, _) => self.change(permit, asked.call, capacity, None).await?,
            (_, Some(permit), _) => self.change(permit, asked.call, capacity, None).await?,
            (_, _, Some(permit)) => self.change(permit, asked.call, capacity, None).await?,
            (None, None, None) => return Err(Fault::NO_STATEMENT.into()),
        };
        Ok(ExecuteStatementOutput {
            items: Some(changed.attributes.into_iter().collect()),
            consumed_capacity: changed.consumed_capacity,
            ..ExecuteStatementOutput::default()
        }
        .into())
    }
}

impl DynamoDb {
    async fn selected(
        &self,
        permit: &Permit<'_, action::PartiQLSelect>,
        input: &ExecuteStatementInput,
        call: &Call,
    ) -> Result<ExecuteStatementOutput, Error> {
        let (plan, facts) = permit.resource().plan()?;
        let keys = self.vault.unlock(Locked::from_iter([facts]), call).await?;
        let page = Page {
            sealer: &self.pages,
            account: call.account().ok_or(Error::Unsigned)?,
            statement: digest(input, facts),
            now: call.now_ms,
        };
        let from = input.next_token.as_deref().map(|token| page.open(token)).transpose()?;
        let (found, mark) = self.select(&self.store.read(permit), (facts, keys.of(facts)?), plan, from)?;
        self.meter.returned(facts, "ExecuteStatement", found.count);
        Ok(ExecuteStatementOutput {
            items: Some(found.items.into_iter().map(shown).collect()),
            next_token: mark.map(|mark| page.seal(&mark)).transpose()?,
            consumed_capacity: found.consumed.view(input.return_consumed_capacity, &facts.name),
            last_evaluated_key: found.last.filter(|last| shows(plan, last)).map(shown),
        })
    }
}

/// The statement, its parameters and the table that it is about.
fn digest(input: &ExecuteStatementInput, facts: &TableFacts) -> Digest {
    let (statement, parameters) = (&input.statement, &input.parameters);
    Digest::of(&format!("{statement}\0{parameters:?}\0{}\0{}", facts.arn(), facts.definition.contents))
}

/// Whether the statement asks for the key's attributes anyhow. The key of the last item that was looked at is told only
/// then: the item may be one that the statement leaves out, and the attributes may be some that the caller must not see.
fn shows(plan: &Select, last: &Item) -> bool {
    let projections = plan.reads.iter().filter_map(|read| read.projection.as_ref());
    projections.into_iter().all(|projection| {
        last.keys().all(|key| projection.paths.iter().any(|path| !path.is_nested() && path.head == *key))
    })
}
