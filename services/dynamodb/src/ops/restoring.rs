//! Tables that are made of backups, or of what other tables were.

use kurodo_authz::{Grant, Permit, Write};
use kurodo_store::{Fact, Transaction, Writer};

use super::{passage::Passage, settings::record};
use crate::{
    DynamoDb, Error,
    definition::{Counts, Definition, Filling, Restored, describe},
    error::DamagedTable,
    facts::TableFacts,
    history::{History, KnownPast, Noting, Restore, page},
    items::{ATTEMPTS, changed},
    layout,
    model::{TableDescription, TableStatus},
    resources::Target,
    table::action,
};

/// How many items are copied together.
const COPIED: usize = 500;
/// The most restores under way in an account.
///
/// Source: DynamoDB API Reference, RestoreTableFromBackup.
const RESTORES: usize = 50;

type ByPut<'r> = Permit<'r, action::RestoreByPut>;

/// That there can be a new table of this name.
pub(super) fn check_target(target: &Target) -> Result<(), Error> {
    if target.facts().is_some() {
        return Err(Error::TableAlreadyExists(target.name.clone()));
    }
    if target.restores >= RESTORES {
        return Err(Error::LimitExceeded(format!(
            "Subscriber limit exceeded: There is a limit of {RESTORES} concurrent restores per subscriber"
        )));
    }
    Ok(())
}

impl DynamoDb {
    /// Makes the new table, which is filled from now on. What it is filled from stays until then.
    pub(super) async fn begin_restore<G: Grant<Access = Write>>(
        &self,
        origin: &G,
        permit: &ByPut<'_>,
        definition: Definition,
        unchanged: &Fact,
    ) -> Result<TableFacts, Error> {
        let stored = self.store_restored(origin, permit, &definition, unchanged).await;
        let place = permit.resource().place();
        let filling = definition.filling().and_then(|filling| filling.opens.as_ref());
        let stored = self.vault.kept(definition.protection.as_ref(), &place, stored).await;
        self.vault.kept(filling, &place, stored).await?;
        self.begun(permit, definition)
    }

    async fn store_restored<G: Grant<Access = Write>>(
        &self,
        origin: &G,
        permit: &ByPut<'_>,
        definition: &Definition,
        unchanged: &Fact,
    ) -> Result<(), Error> {
        let (restore, target) = (under_way(definition)?, permit.resource());
        for _ in 0..ATTEMPTS {
            let (source, writer) = (self.store.write(origin), self.store.write(permit));
            let noting = Noting::read(&source)?;
            let mut history = noting.history.clone();
            history.restores.push(restore.clone());
            let mut transaction = writer.transaction();
            transaction.expect_absent([]).expect_fact(unchanged).put([], record(definition)?);
            transaction.join(replaced(&source, &noting, &history)?);
            match transaction.commit().await {
                Err(error) if error.conflict().is_some_and(|conflict| conflict.which == 0) => {
                    return Err(Error::TableAlreadyExists(target.name.clone()));
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

    fn begun(&self, permit: &ByPut<'_>, definition: Definition) -> Result<TableFacts, Error> {
        let (_, current) = self.store.read(permit).fact([])?;
        let Target { region, account, name, .. } = permit.resource().clone();
        let past = KnownPast::default();
        Ok(TableFacts { region, account, name, definition, current, past, policy: None })
    }

    /// Copies the next items; `true` once there are no more.
    async fn fill<S, T>(
        &self,
        origin: &S,
        items: &T,
        (facts, passage): (&TableFacts, &Passage),
        now: i64,
    ) -> Result<bool, Error>
    where
        S: Grant<Access = Write>,
        T: Grant<Access = Write>,
    {
        let Some(filling) = facts.definition.filling() else { return Ok(true) };
        let target = self.store.write(items);
        let progress = target.get(layout::progress())?;
        let after = progress.as_ref().map(|progress| &progress.value[..]);
        let found = page(&self.store.read(origin), filling.cut, after, COPIED, now)?;
        let mut transaction = target.transaction();
        // Whoever has not seen that the table is full writes nothing.
        transaction.expect_fact(&facts.current);
        match &progress {
            Some(progress) => transaction.expect_version(layout::progress(), progress.version),
            None => transaction.expect_absent(layout::progress()),
        };
        for (key, value) in found.items {
            passage.put(&mut transaction, &facts.definition, key, value)?;
        }
        if let Some(last) = found.last {
            transaction.put(layout::progress(), last);
        }
        Ok(changed(transaction.commit().await)?.is_some() && !found.more)
    }

    /// Fills a restored table some more, piece by piece; `true` once it is full.
    pub(super) async fn fill_on<S, T>(
        &self,
        origin: &S,
        permit: &ByPut<'_>,
        items: &T,
        facts: &TableFacts,
        (pieces, now): (usize, i64),
    ) -> Result<bool, Error>
    where
        S: Grant<Access = Write>,
        T: Grant<Access = Write>,
    {
        let Some(passage) = self.passage(facts, now).await? else { return Ok(false) };
        for _ in 0..pieces {
            if self.fill(origin, items, (facts, &passage), now).await? {
                self.finish_restore(origin, permit, items, facts).await?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Says that the table is filled.
    async fn finish_restore<S, T>(
        &self,
        origin: &S,
        permit: &ByPut<'_>,
        items: &T,
        facts: &TableFacts,
    ) -> Result<(), Error>
    where
        S: Grant<Access = Write>,
        T: Grant<Access = Write>,
    {
        let mut definition = facts.definition.clone();
        let filling = definition.restored.as_mut().and_then(|restored| restored.filling.take());
        for _ in 0..ATTEMPTS {
            let (source, writer) = (self.store.write(origin), self.store.write(permit));
            let target = self.store.write(items);
            let noting = Noting::read(&source)?;
            let mut history = noting.history.clone();
            history.restores.retain(|restore| restore.table != definition.id);
            let mut progress = target.transaction();
            progress.delete(layout::progress());
            let mut transaction = writer.transaction();
            transaction.expect_fact(&facts.current).put([], record(&definition)?);
            transaction.join(replaced(&source, &noting, &history)?);
            transaction.join(progress);
            if changed(transaction.commit().await)?.is_some() {
                if let Some(opens) = filling.and_then(|filling| filling.opens) {
                    // The table is full: a grant that is left over opens nothing that is stored.
                    _ = self.vault.give_up(&opens, &facts.place()).await;
                }
                return Ok(());
            }
        }
        Err(Error::TransactionConflict)
    }
}

/// A restore, as what it is made of knows it.
fn under_way(definition: &Definition) -> Result<Restore, Error> {
    let damaged = || DamagedTable(definition.id.clone());
    let Restored { at, filling, .. } = definition.restored.as_ref().ok_or_else(damaged)?;
    let Filling { backup, .. } = filling.as_ref().ok_or_else(damaged)?;
    Ok(Restore { table: definition.id.clone(), backup: backup.clone(), at: *at })
}

fn replaced<'w>(
    writer: &'w Writer<'_>,
    noting: &Noting,
    history: &History,
) -> Result<Transaction<'w>, Error> {
    let mut transaction = writer.transaction();
    noting.replace(&mut transaction, history)?;
    Ok(transaction)
}

/// The description of a table whose restore has begun.
pub(super) fn shown(facts: &TableFacts) -> TableDescription {
    describe(facts, TableStatus::Creating, |_| Counts::default())
}
