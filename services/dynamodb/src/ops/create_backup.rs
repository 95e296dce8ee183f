use kurodo_gateway::Handler;

use super::{Answer, Asked, counts::count, settings::random};
use crate::{
    DynamoDb, Error,
    backup::{self, Backup},
    encryption::Locked,
    facts::TableFacts,
    history::{History, Noting},
    items::{ATTEMPTS, changed},
    layout,
    model::{BackupStatus, CreateBackupOutput, op},
    names::BackupName,
};

impl Handler<op::CreateBackup> for DynamoDb {
    /// Nothing is copied: the backup marks the items as they are, and from then on what they were is kept.
    async fn handle(&self, asked: Asked<'_, op::CreateBackup>) -> Answer<op::CreateBackup> {
        let ((permit, contents), now) = (&asked.permits, asked.call.now_ms);
        let facts = recoverable(contents.resource().facts(), &permit.resource().name)?;
        self.vault.unlock(Locked::from_iter([facts]), asked.call).await?;
        let counts = count(&self.store.read(contents), &facts.definition, None)?;
        let backup = Backup::new(asked.input.backup_name, facts.definition.clone(), counts, now);
        let place = new_place(facts, now)?;
        for _ in 0..ATTEMPTS {
            let (writer, items) = (self.store.write(permit), self.store.write(contents));
            let noting = Noting::read(&items)?;
            let history = History { backups: noting.history.backups + 1, ..noting.history.clone() };
            let mut transaction = items.transaction();
            noting.replace(&mut transaction, &history)?;
            transaction.put(layout::mark(&place.id), Vec::new());
            let mut whole = writer.transaction();
            whole.expect_fact(&facts.current).put(layout::id(&place.id), backup.record()?);
            whole.join(transaction);
            if changed(whole.commit().await)?.is_some() {
                let details = backup.details(&place, BackupStatus::Creating);
                return Ok(CreateBackupOutput { backup_details: Some(details) }.into());
            }
        }
        Err(Error::TransactionConflict)
    }
}

/// The place of a new backup of a table.
pub(super) fn new_place(facts: &TableFacts, now: i64) -> Result<BackupName, Error> {
    let id = backup::id(now, u32::from_be_bytes(random()?));
    Ok(BackupName { table: facts.place(), id })
}

/// The table, if there is one with which nothing else is under way.
pub(super) fn recoverable<'f>(facts: Option<&'f TableFacts>, name: &str) -> Result<&'f TableFacts, Error> {
    let facts = facts.ok_or_else(|| Error::TableNotFound(name.to_owned()))?;
    match facts.definition.under_way() {
        Some(what) => Err(Error::TableInUse(format!("Table is being {what}: {name}"))),
        None => Ok(facts),
    }
}
