use kurodo_authz::Permit;
use kurodo_gateway::Handler;
use kurodo_store::{Transaction, Writer};

use super::{
    Answer, Asked,
    counts::count,
    create_backup::new_place,
    settings::{idle, record},
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
    table::action,
};

/// How many pieces of a table are deleted at once, before the rest is left to be done later.
const AT_ONCE: usize = 4;

type Permits<'r> = (
    Permit<'r, action::DeleteTable>,
    Permit<'r, action::DeleteContents>,
    Permit<'r, action::ArchiveTable>,
);

impl Handler<op::DeleteTable> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::DeleteTable>) -> Answer<op::DeleteTable> {
        let (permit, contents, _) = &asked.permits;
        let facts = permit.resource().existing()?;
        idle(facts)?;
        if facts.definition.protected {
            return Err(Error::Validation(format!(
                "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first. Table: {}",
                facts.name
            )));
        }
        self.begin_deletion(&asked.permits, facts, asked.call.now_ms).await?;
        for _ in 0..AT_ONCE {
            if self.sweep(contents).await? {
                self.undefine(permit).await?;
                break;
            }
        }
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
        let (permit, contents, archive) = permits;
        let definition = Definition { deleting: true, ..facts.definition.clone() };
        for _ in 0..ATTEMPTS {
            let (writer, items) = (self.store.write(permit), self.store.write(contents));
            let (backups, noting) = (self.store.write(archive), Noting::read(&items)?);
            let mut history = History { gone: true, continuous: None, ..noting.history.clone() };
            let mut transaction = writer.transaction();
            transaction.expect_fact(&facts.current).put([], record(&definition)?);
            let mut kept = items.transaction();
            if noting.history.continuous.is_some() {
                history.backups += 1;
                transaction.join(last_backup(&backups, &mut kept, facts, count(&items, None)?, now)?);
            }
            noting.replace(&mut kept, &history)?;
            transaction.join(kept);
            if changed(transaction.commit().await)?.is_some() {
                return Ok(());
            }
        }
        Err(Error::TransactionConflict)
    }

    /// Forgets a table that nothing is left of.
    pub(super) async fn undefine(&self, permit: &Permit<'_, action::DeleteTable>) -> Result<(), Error> {
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.delete([]);
        transaction.commit().await?;
        Ok(())
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
