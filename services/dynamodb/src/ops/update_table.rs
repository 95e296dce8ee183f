use kurodo_authz::Permit;
use kurodo_gateway::{Call, Handler};

use super::{
    Answer, Asked,
    counts::count,
    settings::{AT_ONCE, begun, idle},
};
use crate::{
    DynamoDb, Error,
    definition::{Counts, Definition, Index, check_asked, describe, update},
    encryption::{Crossing, Locked, Protection, Wish, wish},
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
        let now = asked.call.now_ms;
        let mut definition = update(&before.definition, input, now)?;
        definition.crossing = crossing(input, &before.definition, &wish, now)?;
        if let Some(given) = &input.stream_specification {
            let stream = switch(&before.name, before.definition.stream, given, now)?;
            definition.stream = Some(stream);
        }
        let protection = self.protect_updated((before, &definition), &wish, asked.call).await?;
        if wish != Wish::Default {
            definition.inaccessible = None;
        }
        definition.protection = protection.clone().or(definition.protection);
        let redefined = self.redefine_and_switch(permit, streams, &definition, now).await;
        self.vault.kept(protection.as_ref(), &before.place(), redefined).await?;
        self.left((before, protection.as_ref()), &wish).await;
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
        if facts.definition.is_indexing() {
            begun(self.index_on(permit, contents, &facts, (AT_ONCE, now)).await)?;
        }
        let reader = self.store.read(contents);
        let whole = count(&reader, &facts.definition, None)?;
        let counts = |index: Option<&Index>| if index.is_none() { whole } else { Counts::default() };
        let mut description = describe(&shown(before, facts), TableStatus::Updating, counts);
        if let Some(encryption) =
            description.sse_description.as_mut().filter(|_| input.sse_specification.is_some())
        {
            encryption.status = Some(SSEStatus::Updating);
        }
        Ok(UpdateTableOutput { table_description: Some(description) }.into())
    }
}

impl DynamoDb {
    /// How the table is protected from now on, where that changes: by another key, or by a grant by which DynamoDB can fill
    /// a new index.
    async fn protect_updated(
        &self,
        (before, after): (&TableFacts, &Definition),
        wish: &Wish,
        call: &Call,
    ) -> Result<Option<Protection>, Error> {
        match (wish, &before.definition.protection) {
            (Wish::Kms(key), Some(known)) => {
                self.vault.protect_anew((known, before), key, call).await.map(Some)
            }
            (Wish::Kms(key), None) => {
                let new = self.vault.protect(key, &before.place(), call).await?;
                self.vault.standing(new, &before.place(), call.now_ms).await.map(Some)
            }
            // Who takes a table from its key may use the key; then DynamoDB opens what lies there.
            (Wish::Default, Some(_)) if after.crossing.is_some() => {
                self.vault.unlock(Locked::from_iter([before]), call).await?;
                self.vault.stand(before, call).await
            }
            _ if after.indexes.iter().any(|index| index.building) => self.vault.stand(before, call).await,
            _ => Ok(None),
        }
    }

    /// Puts the definition in place of the one before, with what happens to the table's stream.
    async fn redefine_and_switch(
        &self,
        permit: &Permit<'_, action::UpdateTable>,
        streams: &Permit<'_, action::SwitchStream>,
        definition: &Definition,
        now: i64,
    ) -> Result<(), Error> {
        let (old, new) = (Some(&permit.resource().existing()?.definition), Some(definition));
        let switched = stage(&self.store.write(streams), streams.resource(), old, new, now)?;
        self.redefine_with(permit, definition, switched).await
    }

    /// Gives up the grant on the key that the table has left.
    async fn left(&self, (before, after): (&TableFacts, Option<&Protection>), wish: &Wish) {
        let (Wish::Kms(_), Some(_), Some(known)) = (wish, after, &before.definition.protection) else {
            return;
        };
        // The table is under the other key already: what KMS does not answer is not the caller's concern.
        _ = self.vault.give_up(known, &before.place()).await;
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

/// Whether the table comes under a key of KMS by this update, or leaves the one that it is under.
fn crossing(
    input: &UpdateTableInput,
    before: &Definition,
    wish: &Wish,
    now: i64,
) -> Result<Option<Crossing>, Error> {
    let enters = match (&before.protection, wish) {
        (None, Wish::Kms(_)) => true,
        (Some(_), Wish::Default) if input.sse_specification.is_some() => false,
        _ => return Ok(None),
    };
    if before.is_indexing() {
        let message = "Attempt to change a resource which is still in use: Table is being indexed";
        return Err(Error::ResourceInUse(message.to_owned()));
    }
    Ok(Some(Crossing::new(enters, now)))
}
