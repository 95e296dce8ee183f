//! Tables that are made of backups, or of what other tables were.

use kurodo_authz::{Grant, Permit, Write};
use kurodo_gateway::Call;
use kurodo_store::{Fact, Transaction, Writer};

use super::{indexing::copy_for, settings::record};
use crate::{
    DynamoDb, Error,
    attribute::decode,
    definition::{Counts, Definition, Filling, Restored, describe},
    encryption::{Wish, wish},
    error::DamagedTable,
    facts::TableFacts,
    history::{History, KnownPast, Noting, Restore, page},
    items::{ATTEMPTS, changed},
    layout,
    model::{SSESpecification, TableDescription, TableStatus},
    names::TableName,
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

/// The key of KMS that a restored table is to be under, where it is to be under one: that of what it is made of, or another.
/// What is asked for and not done is refused by name.
fn key_asked(
    operation: &'static str,
    (before, after): (&Definition, &Definition),
    given: Option<&SSESpecification>,
) -> Result<Option<String>, Error> {
    let refuse = |member| Err(Error::NotImplemented { operation, member });
    match (&before.protection, given, wish(given)?) {
        (None, _, Wish::Default) => Ok(None),
        (None, _, Wish::Kms(_)) => refuse("SSESpecificationOverride of what was under no key of KMS"),
        (Some(_), Some(_), Wish::Default) => {
            refuse("SSESpecificationOverride that takes a table from its key of KMS")
        }
        (Some(_), ..) if !after.indexes.is_empty() => refuse(
            "secondary indexes of what was under a key of KMS (GlobalSecondaryIndexOverride and LocalSecondaryIndexOverride can leave them out)",
        ),
        (Some(known), None, _) => Ok(Some(known.arn.clone())),
        (Some(_), _, Wish::Kms(key)) => Ok(Some(key)),
    }
}

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
    /// Puts the new table under a key of KMS, if what it is made of was under one.
    pub(super) async fn protect_restored(
        &self,
        (operation, given): (&'static str, Option<&SSESpecification>),
        (before, source): (&Definition, TableName),
        target: &Target,
        mut after: Definition,
        call: &Call,
    ) -> Result<Definition, Error> {
        let key = key_asked(operation, (before, &after), given)?;
        if let (Some(key), Some(known)) = (key, &before.protection) {
            let Target { region, account, name, .. } = target.clone();
            let (source, place) = ((known, source), TableName { region, account, name });
            after.protection = Some(self.vault.protect_copy(source, &key, &place, call).await?);
        }
        Ok(after)
    }

    /// Makes the new table, which is filled from now on. What it is filled from stays until then.
    pub(super) async fn begin_restore<G: Grant<Access = Write>>(
        &self,
        origin: &G,
        permit: &ByPut<'_>,
        definition: Definition,
        unchanged: &Fact,
    ) -> Result<TableFacts, Error> {
        let (restore, target) = (under_way(&definition)?, permit.resource());
        for _ in 0..ATTEMPTS {
            let (source, writer) = (self.store.write(origin), self.store.write(permit));
            let noting = Noting::read(&source)?;
            let mut history = noting.history.clone();
            history.restores.push(restore.clone());
            let mut transaction = writer.transaction();
            transaction.expect_absent([]).expect_fact(unchanged).put([], record(&definition)?);
            transaction.join(replaced(&source, &noting, &history)?);
            match transaction.commit().await {
                Err(error) if error.conflict().is_some_and(|conflict| conflict.which == 0) => {
                    return Err(Error::TableAlreadyExists(target.name.clone()));
                }
                other => {
                    if changed(other)?.is_some() {
                        return self.begun(permit, definition);
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
    async fn fill<S, T>(&self, origin: &S, items: &T, facts: &TableFacts, now: i64) -> Result<bool, Error>
    where
        S: Grant<Access = Write>,
        T: Grant<Access = Write>,
    {
        let definition = &facts.definition;
        let Some(filling) = definition.filling() else { return Ok(true) };
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
            copy(&mut transaction, definition, &value)?;
            transaction.put(key, value);
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
        for _ in 0..pieces {
            if self.fill(origin, items, facts, now).await? {
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
        if let Some(restored) = &mut definition.restored {
            restored.filling = None;
        }
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

/// Adds the copies of an item in indexes.
fn copy(
    transaction: &mut Transaction<'_>,
    definition: &Definition,
    value: &bytes::Bytes,
) -> Result<(), Error> {
    if definition.indexes.is_empty() {
        return Ok(());
    }
    if definition.protection.is_some() {
        return Err(Error::Locked(definition.id.clone()));
    }
    let item = decode(value)?;
    for index in &definition.indexes {
        if let Some((key, copy)) = copy_for(definition, index, &item) {
            transaction.put(key, copy);
        }
    }
    Ok(())
}

/// The description of a table whose restore has begun.
pub(super) fn shown(facts: &TableFacts) -> TableDescription {
    describe(facts, TableStatus::Creating, |_| Counts::default())
}
