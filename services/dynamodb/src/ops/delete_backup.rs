use kurodo_authz::{Grant, Permit, Write};
use kurodo_gateway::Handler;
use kurodo_store::Fact;

use super::{Answer, Asked, settings::AT_ONCE};
use crate::{
    DynamoDb, Error,
    backup::Backup,
    history::{History, Noting},
    items::{ATTEMPTS, changed},
    layout,
    model::{BackupStatus, DeleteBackupOutput, op},
    resources,
    table::action,
};

impl Handler<op::DeleteBackup> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::DeleteBackup>) -> Answer<op::DeleteBackup> {
        let (permit, kept) = &asked.permits;
        let (backup, fact) = permit.resource().existing(asked.call.now_ms)?;
        let description = backup.describe(&permit.resource().place(), BackupStatus::Deleted);
        self.release(permit, kept, backup, fact).await?;
        for _ in 0..AT_ONCE {
            if self.forget(permit, kept).await? {
                break;
            }
        }
        Ok(DeleteBackupOutput { backup_description: Some(description) }.into())
    }
}

impl DynamoDb {
    /// Says that a backup is deleted, and that nothing is kept for it any more.
    pub(super) async fn release(
        &self,
        permit: &Permit<'_, action::DeleteBackup>,
        kept: &Permit<'_, action::ReleaseKept>,
        backup: &Backup,
        fact: &Fact,
    ) -> Result<(), Error> {
        let place = permit.resource().place();
        for _ in 0..ATTEMPTS {
            let (writer, items) = (self.store.write(permit), self.store.write(kept));
            let noting = Noting::read(&items)?;
            if noting.history.restores.iter().any(|one| one.backup.as_ref() == Some(&place.id)) {
                return Err(Error::BackupInUse(format!("Backup is being restored: {}", place.arn())));
            }
            let backups = noting.history.backups.saturating_sub(1);
            let history = History { backups, ..noting.history.clone() };
            let mut transaction = items.transaction();
            noting.replace(&mut transaction, &history)?;
            transaction.delete(layout::mark(&place.id));
            let mut whole = writer.transaction();
            whole.expect_fact(fact).put([], Backup { deleted: true, ..backup.clone() }.record()?);
            whole.join(transaction);
            match whole.commit().await {
                Err(error) if error.conflict().is_some_and(|conflict| conflict.which == 0) => {
                    return Err(Error::BackupNotFound(place.arn()));
                }
                other => {
                    if changed(other)?.is_some() {
                        return Ok(());
                    }
                }
            }
        }
        Err(Error::TransactionConflict)
    }

    /// Deletes some of what a deleted backup alone kept, and forgets the backup once nothing is left; `true` then.
    pub(super) async fn forget<G>(
        &self,
        permit: &Permit<'_, action::DeleteBackup>,
        kept: &G,
    ) -> Result<bool, Error>
    where
        G: Grant<Access = Write, Resource = resources::Kept>,
    {
        if !self.prune(kept, &permit.resource().id).await? || !self.sweep(kept).await? {
            return Ok(false);
        }
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.delete([]);
        transaction.commit().await?;
        Ok(true)
    }
}
