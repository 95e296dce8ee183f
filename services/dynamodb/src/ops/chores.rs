//! What operations began goes on here, a piece at a time.

use kurodo_authz::OneOf;
use kurodo_gateway::{Errand, Keeper, Progress};
use kurodo_store::Scan;

use super::{settings::record, sweeping::TOGETHER};
use crate::{
    DynamoDb, Error,
    definition::Definition,
    history::Noting,
    items::{changed, some},
    layout::Past,
    table::chore,
};

/// How many pieces are done in one go, so that others have their turn and a server can stop.
const AT_ONCE: usize = 16;

/// What one go has come to. A table that was changed meanwhile is looked at again.
fn progress(done: Result<bool, Error>) -> Result<Progress, Error> {
    match done {
        Ok(_) | Err(Error::TableChanged) => Ok(Progress::More),
        Err(error) => Err(error),
    }
}

impl Keeper<chore::FillTables> for DynamoDb {
    async fn keep(&self, errand: Errand<'_, Self, chore::FillTables>) -> Result<Progress, Error> {
        let (put, batch, origin) = &errand.permits;
        let Some(facts) = put.resource().facts() else { return Ok(Progress::Done) };
        let most = (AT_ONCE, errand.call.now_ms);
        progress(match origin {
            OneOf::First(kept) => self.fill_on(kept, put, batch, facts, most).await,
            OneOf::Second(origin) => self.fill_on(origin, put, batch, facts, most).await,
        })
    }
}

impl Keeper<chore::IndexTables> for DynamoDb {
    async fn keep(&self, errand: Errand<'_, Self, chore::IndexTables>) -> Result<Progress, Error> {
        let (permit, contents) = &errand.permits;
        let facts = permit.resource().existing()?;
        progress(self.index_on(permit, contents, facts, (AT_ONCE, errand.call.now_ms)).await)
    }
}

impl Keeper<chore::EmptyTables> for DynamoDb {
    async fn keep(&self, errand: Errand<'_, Self, chore::EmptyTables>) -> Result<Progress, Error> {
        let (permit, contents) = &errand.permits;
        progress(self.empty_on(permit, contents, AT_ONCE).await)?;
        let is_read = !Noting::read(&self.store.read(contents))?.history.restores.is_empty();
        Ok(if is_read { Progress::Done } else { Progress::More })
    }
}

impl Keeper<chore::ForgetBackups> for DynamoDb {
    async fn keep(&self, errand: Errand<'_, Self, chore::ForgetBackups>) -> Result<Progress, Error> {
        let (permit, kept) = &errand.permits;
        let Some((backup, fact)) = permit.resource().stored() else { return Ok(Progress::Done) };
        if !backup.deleted {
            return match self.release(permit, kept, backup, fact).await {
                Err(Error::BackupInUse(_)) => Ok(Progress::Done),
                other => other.map(|()| Progress::More),
            };
        }
        for _ in 0..AT_ONCE {
            if self.forget(permit, kept).await? {
                break;
            }
        }
        Ok(Progress::More)
    }
}

impl Keeper<chore::NoteKeys> for DynamoDb {
    async fn keep(&self, errand: Errand<'_, Self, chore::NoteKeys>) -> Result<Progress, Error> {
        for permit in &errand.permits {
            let Some(facts) = permit.resource().facts() else { continue };
            let inaccessible = self.vault.access().inaccessible(facts.account, &facts.definition);
            let definition = Definition { inaccessible, ..facts.definition.clone() };
            let writer = self.store.write(permit);
            let mut transaction = writer.transaction();
            transaction.expect_fact(&facts.current).put([], record(&definition)?);
            progress(changed(transaction.commit().await).map(|done| done.is_some()))?;
        }
        Ok(Progress::Done)
    }
}

impl Keeper<chore::TrimHistory> for DynamoDb {
    async fn keep(&self, errand: Errand<'_, Self, chore::TrimHistory>) -> Result<Progress, Error> {
        let writer = self.store.write(&errand.permits);
        let noting = Noting::read(&writer)?;
        let first = noting.history.first_day(errand.call.now_ms);
        let records = some(&writer, &Scan::within(Past::journal()), TOGETHER)?;
        let mut transaction = writer.transaction();
        noting.expect(&mut transaction);
        let old = |key: &[u8]| Past::day(key).is_some_and(|day| day < first);
        records
            .iter()
            .filter(|record| old(&record.key))
            .for_each(|record| _ = transaction.delete(&record.key));
        changed(transaction.commit().await)?;
        Ok(Progress::More)
    }
}
