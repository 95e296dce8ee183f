use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use redb::{Database, ReadOnlyTable, ReadableDatabase, TableDefinition};

use super::backing::{Entries, View};
use super::cursor::Direction;
use super::fault::{damaged_tree, explain, explaining};
use super::version::{Version, Versioned};
use crate::StoreError;
use crate::pages::Pages;

/// Whole keys, and values behind their version.
pub(super) const RECORDS: TableDefinition<'static, &[u8], &[u8]> = TableDefinition::new("records");
/// Bytes of a version before the value.
pub(super) const VERSION: usize = 8;

/// The file, and whether a reader found redb to have given up on it.
#[derive(Debug)]
pub(super) struct Health {
    pub(super) pages: Arc<Pages>,
    pub(super) hurt: AtomicBool,
}

impl Health {
    fn note<E: Into<redb::Error>>(&self) -> impl Fn(E) -> StoreError {
        |error| {
            self.hurt.store(true, Ordering::Release);
            explain(&self.pages, error)
        }
    }
}

/// One durable state of redb's.
pub(super) struct Snapshot {
    table: ReadOnlyTable<&'static [u8], &'static [u8]>,
    health: Arc<Health>,
}

impl Snapshot {
    pub(super) fn take(database: &Database, health: &Arc<Health>) -> Result<Self, StoreError> {
        let transaction = database.begin_read().map_err(explaining(&health.pages))?;
        let table = transaction.open_table(RECORDS).map_err(explaining(&health.pages))?;
        Ok(Self { table, health: Arc::clone(health) })
    }
}

impl View for Snapshot {
    fn get(&self, key: &[u8]) -> Result<Option<Versioned<Bytes>>, StoreError> {
        let found = self.table.get(key).map_err(self.health.note())?;
        found.map(|found| decode(found.value())).transpose()
    }

    fn range(
        &self,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        direction: Direction,
    ) -> Result<Entries, StoreError> {
        let range = self.table.range::<&[u8]>((from, to)).map_err(self.health.note())?;
        let health = Arc::clone(&self.health);
        let entry = move |found: Result<_, redb::StorageError>| {
            let (key, value): (redb::AccessGuard<'_, &[u8]>, redb::AccessGuard<'_, &[u8]>) =
                found.map_err(health.note())?;
            Ok((Bytes::copy_from_slice(key.value()), decode(value.value())?))
        };
        Ok(match direction {
            Direction::Forward => Box::new(range.map(entry)),
            Direction::Backward => Box::new(range.rev().map(entry)),
        })
    }
}

/// The version of a stored value.
pub(super) fn version_of(stored: &[u8]) -> Result<Version, StoreError> {
    let version = stored.first_chunk::<VERSION>().ok_or_else(damaged_tree)?;
    Ok(Version(u64::from_be_bytes(*version)))
}

fn decode(stored: &[u8]) -> Result<Versioned<Bytes>, StoreError> {
    let version = version_of(stored)?;
    Ok(Versioned { version, value: Bytes::copy_from_slice(stored.get(VERSION..).unwrap_or_default()) })
}
