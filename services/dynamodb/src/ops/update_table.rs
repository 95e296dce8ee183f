use kurodo_authz::Permit;
use kurodo_gateway::Handler;

use super::{
    Answer, Asked,
    counts::count,
    settings::{AT_ONCE, begun, idle},
};
use crate::{
    DynamoDb, Error,
    definition::{Counts, Index, check_asked, describe, update},
    facts::TableFacts,
    history::KnownPast,
    model::{TableStatus, UpdateTableInput, UpdateTableOutput, op},
    streams::{stage, switch},
    table::action,
};

impl Handler<op::UpdateTable> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::UpdateTable>) -> Answer<op::UpdateTable> {
        let ((permit, contents, streams), input) = (&asked.permits, &asked.input);
        check_honoured(input)?;
        check_asked(input)?;
        let before = permit.resource().existing()?;
        idle(before)?;
        let now = asked.call.now_ms;
        let mut definition = update(&before.definition, input, now)?;
        if let Some(given) = &input.stream_specification {
            let stream = switch(&before.name, before.definition.stream, given, now)?;
            definition.stream = Some(stream);
        }
        let (old, new) = (Some(&before.definition), Some(&definition));
        let switched = stage(&self.store.write(streams), streams.resource(), old, new, now)?;
        self.redefine_with(permit, &definition, switched).await?;
        let (_, current) = self.store.read(permit).fact([])?;
        let facts = TableFacts {
            region: before.region.clone(),
            account: before.account,
            name: before.name.clone(),
            definition,
            current,
            past: KnownPast::default(),
            policy: None,
        };
        begun(self.index_at_once(permit, contents, &facts).await)?;
        let reader = self.store.read(contents);
        let whole = count(&reader, None)?;
        let counts = |index: Option<&Index>| if index.is_none() { whole } else { Counts::default() };
        let description = describe(&shown(before, facts), TableStatus::Updating, counts);
        Ok(UpdateTableOutput { table_description: Some(description) }.into())
    }
}

impl DynamoDb {
    /// Fills and clears the indexes of a small table.
    async fn index_at_once(
        &self,
        permit: &Permit<'_, action::UpdateTable>,
        contents: &Permit<'_, action::IndexContents>,
        facts: &TableFacts,
    ) -> Result<bool, Error> {
        if !facts.definition.is_indexing() {
            return Ok(true);
        }
        for _ in 0..AT_ONCE {
            if self.index_some(permit, contents, facts).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The table as it is shown while the update is under way: with the capacity that it had.
fn shown(before: &TableFacts, mut after: TableFacts) -> TableFacts {
    let (old, new) = (&before.definition, &mut after.definition);
    if old.on_demand == new.on_demand {
        (new.throughput.read, new.throughput.write) = (old.throughput.read, old.throughput.write);
    }
    after
}

/// What is asked for and not done is refused by name.
fn check_honoured(input: &UpdateTableInput) -> Result<(), Error> {
    let refuse = |member| Err(Error::NotImplemented { operation: "UpdateTable", member });
    if input.sse_specification.as_ref().is_some_and(|sse| sse.enabled != Some(false)) {
        return refuse("SSESpecification");
    }
    Ok(())
}
