use kurodo_authz::Permit;
use kurodo_gateway::Handler;

use super::{
    Answer, Asked,
    counts::count,
    settings::{AT_ONCE, begun, idle},
};
use crate::{
    DynamoDb, Error,
    definition::{Counts, Definition, Index, check_asked, describe, update},
    encryption::{Wish, wish},
    facts::TableFacts,
    history::KnownPast,
    model::{SSEStatus, TableStatus, UpdateTableInput, UpdateTableOutput, op},
    streams::{stage, switch},
    table::action,
};

impl Handler<op::UpdateTable> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::UpdateTable>) -> Answer<op::UpdateTable> {
        let ((permit, contents, streams), input) = (&asked.permits, &asked.input);
        let wish = wish(input.sse_specification.as_ref())?;
        check_asked(input)?;
        let before = permit.resource().existing()?;
        idle(before)?;
        check_honoured(input, &before.definition, &wish)?;
        let now = asked.call.now_ms;
        let mut definition = update(&before.definition, input, now)?;
        if let Some(given) = &input.stream_specification {
            let stream = switch(&before.name, before.definition.stream, given, now)?;
            definition.stream = Some(stream);
        }
        if let (Wish::Kms(key), Some(known)) = (&wish, &before.definition.protection) {
            definition.protection = Some(self.vault.protect_anew((known, before), key, asked.call).await?);
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
        let whole = count(&reader, &facts.definition, None)?;
        let counts = |index: Option<&Index>| if index.is_none() { whole } else { Counts::default() };
        let mut description = describe(&shown(before, facts), TableStatus::Updating, counts);
        if let Some(encryption) = description.sse_description.as_mut().filter(|_| wish != Wish::Default) {
            encryption.status = Some(SSEStatus::Updating);
        }
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
fn check_honoured(input: &UpdateTableInput, before: &Definition, wish: &Wish) -> Result<(), Error> {
    let refuse = |member| Err(Error::NotImplemented { operation: "UpdateTable", member });
    let mut indexes = input.global_secondary_index_updates.iter().flatten();
    match (&before.protection, wish) {
        (None, Wish::Kms(_)) => refuse("SSESpecification for a table that was made without a key of KMS"),
        (Some(_), Wish::Default) if input.sse_specification.is_some() => {
            refuse("SSESpecification that takes a table from its key of KMS")
        }
        (Some(_), _) if indexes.any(|one| one.create.is_some()) => {
            refuse("GlobalSecondaryIndexUpdates.Create for a table under a key of KMS")
        }
        _ => Ok(()),
    }
}
