use kurodo_authz::Permit;
use kurodo_gateway::Handler;
use kurodo_store::{Transaction, Writer};

use super::{
    Answer, Asked,
    counts::count,
    create_backup::new_place,
    settings::{AT_ONCE, begun, record, settled},
};
use crate::{
    DynamoDb, Error,
    backup::Backup,
    definition::{Counts, Definition, describe},
    facts::TableFacts,
    history::{History, Noting},
    items::{ATTEMPTS, changed},
    layout,
    model::{DeleteTableOutput, TableStatus, op},
    streams::stage,
    table::action,
};

type Permits<'r> = (
    Permit<'r, action::DeleteTable>,
    Permit<'r, action::DeleteContents>,
    Permit<'r, action::ArchiveTable>,
    Permit<'r, action::CloseStream>,
);

impl Handler<op::DeleteTable> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::DeleteTable>) -> Answer<op::DeleteTable> {
        let (permit, contents, ..) = &asked.permits;
        let facts = permit.resource().existing()?;
        settled(facts)?;
        if facts.definition.protected {
            return Err(Error::validation(
                "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
            ));
        }
        self.begin_deletion(&asked.permits, facts, asked.call.now_ms).await?;
        begun(self.empty_on(permit, contents, AT_ONCE).await)?;
        let mut description = describe(facts, TableStatus::Deleting, |_| Counts::default());
        description.attribute_definitions = None;
        description.key_schema = None;
        description.creation_date_time = None;
        Ok(DeleteTableOutput { table_description: Some(description) }.into())
    }
}

impl DynamoDb {
    /// Says that the table is being deleted: nobody reaches its items any more. A table that could be recovered to
    /// a point in time leaves a backup.
    async fn begin_deletion(&self, permits: &Permits<'_>, facts: &TableFacts, now: i64) -> Result<(), Error> {
        let (permit, contents, archive, streams) = permits;
        let definition = Definition { deleting: true, ..facts.definition.clone() };
        for _ in 0..ATTEMPTS {
            let (writer, items) = (self.store.write(permit), self.store.write(contents));
            let (backups, noting) = (self.store.write(archive), Noting::read(&items)?);
            let mut history = History { gone: true, continuous: None, ..noting.history.clone() };
            let mut transaction = writer.transaction();
            transaction.expect_fact(&facts.current).put([], record(&definition)?);
            let of_streams = self.store.write(streams);
            let closed = stage(&of_streams, streams.resource(), Some(&facts.definition), None, now)?;
            closed.into_iter().for_each(|closed| _ = transaction.join(closed));
            let mut kept = items.transaction();
            if noting.history.continuous.is_some() {
                history.backups += 1;
                transaction.join(last_backup(
                    &backups,
                    &mut kept,
                    facts,
                    count(&items, &facts.definition, None)?,
                    now,
                )?);
            }
            noting.replace(&mut kept, &history)?;
            transaction.join(kept);
            if changed(transaction.commit().await)?.is_some() {
                return Ok(());
            }
        }
        Err(Error::TransactionConflict)
    }

    /// Deletes what is left of a deleted table, piece by piece, and forgets the table once nothing is; `true` then.
    /// What a restore still reads is left until it is done.
    pub(super) async fn empty_on(
        &self,
        permit: &Permit<'_, action::DeleteTable>,
        contents: &Permit<'_, action::DeleteContents>,
        pieces: usize,
    ) -> Result<bool, Error> {
        for _ in 0..pieces {
            if self.sweep(contents).await? {
                let is_read = !Noting::read(&self.store.read(contents))?.history.restores.is_empty();
                return if is_read { Ok(false) } else { self.undefine(permit).await };
            }
        }
        Ok(false)
    }

    /// Forgets a table of which nothing is left: it, and not another one that has its name by now.
    async fn undefine(&self, permit: &Permit<'_, action::DeleteTable>) -> Result<bool, Error> {
        let (writer, deleted) = (self.store.write(permit), &permit.resource().existing()?.definition);
        let (found, current) = writer.fact([])?;
        let found = found.and_then(|found| serde_json::from_slice::<Definition>(&found.value).ok());
        let found = found.filter(|found| found.deleting && found.contents == deleted.contents);
        if let Some(found) = found {
            if let Some(protection) = &found.protection {
                self.vault.give_up(protection, &permit.resource().place()).await?;
            }
            let mut transaction = writer.transaction();
            transaction.expect_fact(&current).delete([]);
            changed(transaction.commit().await)?;
        }
        Ok(true)
    }
}

/// The backup that the deletion leaves.
fn last_backup<'w>(
    backups: &'w Writer<'_>,
    kept: &mut Transaction<'_>,
    facts: &TableFacts,
    counts: Counts,
    now: i64,
) -> Result<Transaction<'w>, Error> {
    let place = new_place(facts, now)?;
    let backup = Backup::of_deleted(&facts.name, facts.definition.clone(), counts, now);
    kept.put(layout::mark(&place.id), Vec::new());
    let mut transaction = backups.transaction();
    transaction.put(layout::id(&place.id), backup.record()?);
    Ok(transaction)
}
