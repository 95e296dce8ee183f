use std::borrow::Cow;

use redb::{Database, ReadableTable, Table, TableDefinition, WriteTransaction};

use super::fault::{damaged_tree, explaining};
use super::place::Place;
use super::snapshot::{RECORDS, VERSION, version_of};
use super::transaction::{Change, Condition, Conflict, Work};
use super::version::{Commit, Version};
use crate::StoreError;
use crate::pages::Pages;

/// What the store keeps about itself.
const STORE: TableDefinition<'static, &str, u64> = TableDefinition::new("store");
/// The number of the last transaction.
const SEQUENCE: &str = "sequence";

type Records<'t> = Table<'t, &'static [u8], &'static [u8]>;

/// What became of a batch of transactions.
pub(super) struct Applied {
    /// One for each, in order.
    pub(super) verdicts: Vec<Result<Commit, Conflict>>,
    /// The number of the last transaction.
    pub(super) sequence: u64,
    /// The first bytes of the keys that were written.
    pub(super) namespaces: Vec<u8>,
}

/// Makes the tables, and reads the number of the last transaction.
pub(super) fn prepare(database: &Database, pages: &Pages) -> Result<u64, StoreError> {
    let transaction = begin(database, pages)?;
    transaction.open_table(RECORDS).map_err(explaining(pages))?;
    let sequence = {
        let store = transaction.open_table(STORE).map_err(explaining(pages))?;
        let found = store.get(SEQUENCE).map_err(explaining(pages))?;
        found.map(|found| found.value())
    };
    match sequence {
        Some(sequence) => transaction.abort().map_err(explaining(pages)).map(|()| sequence),
        None => {
            set_sequence(&transaction, pages, 0)?;
            commit(transaction, pages).map(|()| 0)
        }
    }
}

/// Checks and applies each transaction on top of those before it, then makes all of them durable at once. On an
/// error nothing was applied.
pub(super) fn apply(
    database: &Database,
    pages: &Pages,
    batch: &[&Work],
    sequence: u64,
    generation: &dyn Fn(u8) -> u64,
) -> Result<Applied, StoreError> {
    let transaction = begin(database, pages)?;
    let mut applied = Applied { verdicts: Vec::with_capacity(batch.len()), sequence, namespaces: Vec::new() };
    {
        let mut records = transaction.open_table(RECORDS).map_err(explaining(pages))?;
        for work in batch {
            let verdict = apply_one(&mut records, pages, work, &mut applied, generation)?;
            applied.verdicts.push(verdict);
        }
    }
    if applied.namespaces.is_empty() {
        transaction.abort().map_err(explaining(pages))?;
        return Ok(applied);
    }
    set_sequence(&transaction, pages, applied.sequence)?;
    commit(transaction, pages)?;
    Ok(applied)
}

fn apply_one(
    records: &mut Records<'_>,
    pages: &Pages,
    work: &Work,
    applied: &mut Applied,
    generation: &dyn Fn(u8) -> u64,
) -> Result<Result<Commit, Conflict>, StoreError> {
    for (which, (expectation, condition)) in work.conditions.iter().enumerate() {
        let unwritten =
            |namespace: u8, then| generation(namespace) == then && !applied.namespaces.contains(&namespace);
        if !holds(records, pages, condition, unwritten)? {
            return Ok(Err(Conflict { which, expectation: *expectation }));
        }
    }
    applied.sequence += 1;
    let version = Version(applied.sequence);
    for (at, change) in work.changes.iter().enumerate() {
        write(records, pages, change, Place { version, change: u32::try_from(at).unwrap_or(u32::MAX) })?;
    }
    let written = work.changes.iter().map(|change| change.key.first().copied().unwrap_or_default());
    for namespace in written.chain(work.announced.iter().copied()) {
        if !applied.namespaces.contains(&namespace) {
            applied.namespaces.push(namespace);
        }
    }
    Ok(Ok(Commit { version }))
}

fn holds(
    records: &Records<'_>,
    pages: &Pages,
    condition: &Condition,
    unwritten: impl Fn(u8, u64) -> bool,
) -> Result<bool, StoreError> {
    match condition {
        Condition::Unwritten(namespace, then) => Ok(unwritten(*namespace, *then)),
        Condition::Is(key, expected) => {
            let found = records.get(&key[..]).map_err(explaining(pages))?;
            Ok(found.map(|found| version_of(found.value())).transpose()? == *expected)
        }
        Condition::Value(key, expected) => {
            let found = records.get(&key[..]).map_err(explaining(pages))?;
            Ok(found.is_some_and(|found| found.value().get(VERSION..) == Some(&expected[..])))
        }
        Condition::Empty(prefix) => {
            let mut range = records.range(&prefix[..]..).map_err(explaining(pages))?;
            let first = range.next().transpose().map_err(explaining(pages))?;
            Ok(first.is_none_or(|(key, _)| !key.value().starts_with(prefix)))
        }
    }
}

fn write(records: &mut Records<'_>, pages: &Pages, change: &Change, place: Place) -> Result<(), StoreError> {
    let version = place.version;
    let Some(value) = &change.value else {
        records.remove(&change.key[..]).map_err(explaining(pages))?;
        return Ok(());
    };
    let key: Cow<'_, [u8]> = match change.appended {
        true => [&change.key[..], &place.bytes()].concat().into(),
        false => change.key[..].into(),
    };
    let mut stored = records.insert_reserve(&key[..], VERSION + value.len()).map_err(explaining(pages))?;
    let (head, tail) = stored.as_mut().split_at_mut_checked(VERSION).ok_or_else(damaged_tree)?;
    head.copy_from_slice(&version.0.to_be_bytes());
    tail.copy_from_slice(value);
    Ok(())
}

fn begin(database: &Database, pages: &Pages) -> Result<WriteTransaction, StoreError> {
    let mut transaction = database.begin_write().map_err(explaining(pages))?;
    transaction.set_quick_repair(true);
    Ok(transaction)
}

fn set_sequence(transaction: &WriteTransaction, pages: &Pages, sequence: u64) -> Result<(), StoreError> {
    let mut store = transaction.open_table(STORE).map_err(explaining(pages))?;
    store.insert(SEQUENCE, sequence).map_err(explaining(pages))?;
    Ok(())
}

/// Commits with one flush: see [`Pages::sync`].
fn commit(transaction: WriteTransaction, pages: &Pages) -> Result<(), StoreError> {
    pages.begin_group();
    let committed = transaction.commit();
    let flushed = pages.end_group();
    committed.map_err(explaining(pages))?;
    Ok(flushed?)
}
