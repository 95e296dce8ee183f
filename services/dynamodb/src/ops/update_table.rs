use kurodo_gateway::Handler;

use super::{Answer, Asked, counts::count};
use crate::{
    DynamoDb, Error,
    definition::{Counts, Index, check_asked, describe, update},
    facts::TableFacts,
    model::{TableStatus, UpdateTableInput, UpdateTableOutput, op},
    streams::{stage, switch},
};

impl Handler<op::UpdateTable> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::UpdateTable>) -> Answer<op::UpdateTable> {
        let ((permit, contents, streams), input) = (&asked.permits, &asked.input);
        check_honoured(input)?;
        check_asked(input)?;
        let before = permit.resource().existing()?;
        let now = asked.call.now_ms;
        let mut updated = update(&before.definition, input, now)?;
        if let Some(given) = &input.stream_specification {
            let stream = switch(&before.name, before.definition.stream, given, now)?;
            updated.definition.stream = Some(stream);
        }
        let (old, new) = (Some(&before.definition), Some(&updated.definition));
        let switched = stage(&self.store.write(streams), streams.resource(), old, new, now)?;
        self.redefine_with(permit, &updated.definition, switched).await?;
        let (_, current) = self.store.read(permit).fact([])?;
        let facts = TableFacts {
            region: before.region.clone(),
            account: before.account,
            name: before.name.clone(),
            definition: updated.definition,
            current,
            policy: None,
        };
        for number in updated.gone {
            self.clear_index(contents, number).await?;
        }
        let building: Vec<Index> =
            facts.definition.indexes.iter().filter(|index| index.building).cloned().collect();
        for index in &building {
            self.fill_index(contents, &facts, index).await?;
        }
        if !building.is_empty() {
            self.filled(permit, &facts).await?;
        }
        let reader = self.store.read(contents);
        let whole = count(&reader, None)?;
        let counts = |index: Option<&Index>| if index.is_none() { whole } else { Counts::default() };
        let description = describe(&shown(before, facts), TableStatus::Updating, counts);
        Ok(UpdateTableOutput { table_description: Some(description) }.into())
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
