use std::borrow::Cow;

use redb::{Database, Durability, ReadableTable, Table, TableDefinition, WriteTransaction};

use super::encoding;
use super::fault::{damaged_tree, explaining};
use super::place::Place;
use super::snapshot::{RECORDS, VERSION, version_of};
use super::transaction::{Change, Condition, Conflict, Work};
use super::version::{Commit, Version};
use crate::StoreError;
use crate::journal::Journal;
use crate::pages::Pages;

/// What the store keeps about itself.
const STORE: TableDefinition<'static, &str, u64> = TableDefinition::new("store");
/// The number of the last transaction.
const SEQUENCE: &str = "sequence";

type Records<'t> = Table<'t, &'static [u8], &'static [u8]>;

/// What becomes of a batch of transactions.
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
    let transaction = begin(database, pages, Lasting::Written)?;
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
            flush(transaction, pages).map(|()| 0)
        }
    }
}

/// Checks and applies each transaction on top of those before it. Nobody sees it, and nothing lasts, until what is
/// returned is [committed](commit). On an error nothing was applied.
pub(super) fn apply(
    database: &Database,
    pages: &Pages,
    batch: &[&Work],
    sequence: u64,
    generation: &dyn Fn(u8) -> u64,
) -> Result<(WriteTransaction, Applied), StoreError> {
    let transaction = begin(database, pages, Lasting::Journaled)?;
    let mut applied = Applied { verdicts: Vec::with_capacity(batch.len()), sequence, namespaces: Vec::new() };
    {
        let mut records = transaction.open_table(RECORDS).map_err(explaining(pages))?;
        for work in batch {
            let verdict = apply_one(&mut records, pages, work, &mut applied, generation)?;
            applied.verdicts.push(verdict);
        }
    }
    if !applied.namespaces.is_empty() {
        set_sequence(&transaction, pages, applied.sequence)?;
    }
    Ok((transaction, applied))
}

/// Applies again what the journal holds beyond this transaction; gives the number of its last one.
pub(super) fn replay(
    database: &Database,
    pages: &Pages,
    journal: &mut Journal,
    sequence: u64,
) -> Result<u64, StoreError> {
    let transaction = begin(database, pages, Lasting::Journaled)?;
    {
        let mut records = transaction.open_table(RECORDS).map_err(explaining(pages))?;
        journal.read(sequence, |content| {
            for change in encoding::changes(content) {
                let (place, change) = change?;
                write(&mut records, pages, &change, place)?;
            }
            Ok(())
        })?;
    }
    if journal.last() == sequence {
        transaction.abort().map_err(explaining(pages))?;
        return Ok(sequence);
    }
    set_sequence(&transaction, pages, journal.last())?;
    commit(transaction, pages)?;
    Ok(journal.last())
}

/// Writes down everything that was committed, up to this transaction, so that it needs no journal.
pub(super) fn write_down(database: &Database, pages: &Pages, sequence: u64) -> Result<(), StoreError> {
    let transaction = begin(database, pages, Lasting::Written)?;
    set_sequence(&transaction, pages, sequence)?;
    flush(transaction, pages)
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

/// What makes a commit outlive a power cut.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lasting {
    /// The journal.
    Journaled,
    /// redb's own file, with its map of free space, so that nothing must be searched after a crash.
    Written,
}

fn begin(database: &Database, pages: &Pages, lasting: Lasting) -> Result<WriteTransaction, StoreError> {
    let mut transaction = database.begin_write().map_err(explaining(pages))?;
    match lasting {
        Lasting::Journaled => {
            transaction.set_durability(Durability::None).map_err(|_| damaged_tree())?;
        }
        Lasting::Written => transaction.set_quick_repair(true),
    }
    Ok(transaction)
}

fn set_sequence(transaction: &WriteTransaction, pages: &Pages, sequence: u64) -> Result<(), StoreError> {
    let mut store = transaction.open_table(STORE).map_err(explaining(pages))?;
    store.insert(SEQUENCE, sequence).map_err(explaining(pages))?;
    Ok(())
}

/// Shows what was applied to readers that come. It lasts by the journal.
pub(super) fn commit(transaction: WriteTransaction, pages: &Pages) -> Result<(), StoreError> {
    transaction.commit().map_err(explaining(pages))
}

/// Commits with one flush: see [`Pages::sync`].
fn flush(transaction: WriteTransaction, pages: &Pages) -> Result<(), StoreError> {
    pages.begin_group();
    let committed = transaction.commit();
    let flushed = pages.end_group();
    committed.map_err(explaining(pages))?;
    Ok(flushed?)
}
