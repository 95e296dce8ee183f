use bytes::Bytes;
use kurodo_store::{Reader, Record, Scan, Transaction, Version, Versioned};

use super::{History, keep::day};
use crate::{
    Error,
    attribute::Item,
    encryption::TableKey,
    error::DamagedTable,
    items::Written,
    layout::{self, Past},
};

/// Bytes of a version before what an item was.
pub(super) const VERSION: usize = 8;
/// How many records that are out of time a change sweeps away.
const SWEPT: usize = 2;

/// What of a table's past is kept, as a change finds it.
#[derive(Debug, Default)]
pub(crate) struct Noting {
    pub(crate) history: History,
    /// When that was written; `None` where nothing was ever kept.
    version: Option<Version>,
}

impl Noting {
    /// What is kept of the items that this reader reaches.
    pub(crate) fn read(reader: &Reader<'_>) -> Result<Self, Error> {
        Self::of(reader.get(layout::history())?)
    }

    /// What this record says is kept.
    pub(crate) fn of(found: Option<Versioned<Bytes>>) -> Result<Self, Error> {
        let Some(found) = found else { return Ok(Self::default()) };
        let history = serde_json::from_slice(&found.value);
        let history = history.map_err(|_| DamagedTable("(what is kept of its past)".to_owned()))?;
        Ok(Self { history, version: Some(found.version) })
    }

    /// Relies on nothing else being kept when the transaction is committed.
    pub(crate) fn expect(&self, transaction: &mut Transaction<'_>) {
        match self.version {
            Some(version) => transaction.expect_version(layout::history(), version),
            None => transaction.expect_absent(layout::history()),
        };
    }

    /// Keeps this instead. Whoever relies on what was kept until now is told.
    pub(crate) fn replace(&self, transaction: &mut Transaction<'_>, history: &History) -> Result<(), Error> {
        self.expect(transaction);
        transaction.announce(layout::PASTS);
        if history.is_empty() {
            transaction.delete(layout::history());
            return Ok(());
        }
        let record = serde_json::to_vec(history);
        let record = record.map_err(|_| DamagedTable("(what is kept of its past)".to_owned()))?;
        transaction.put(layout::history(), record);
        Ok(())
    }

    /// Whether changes must look at what items were.
    pub(crate) fn looks(&self) -> bool {
        self.history.backups > 0 || self.history.journals()
    }

    /// Adds to a change of an item what the item was until this time, where that is kept.
    pub(crate) fn note(
        &self,
        reader: &Reader<'_>,
        time: u64,
        transaction: &mut Transaction<'_>,
        key: &[u8],
        (written, table): (&Written, &TableKey),
    ) -> Result<(), Error> {
        if !self.looks() || (written.old.is_none() && written.new.is_none()) {
            return Ok(());
        }
        let now = i64::try_from(time / 1000).unwrap_or(i64::MAX);
        let before = written.old.as_ref().zip(written.version);
        if let Some((item, version)) = before.filter(|(_, version)| self.is_backed(*version)) {
            let stored = as_it_lies(reader, key, (item, version), table)?;
            transaction.put(Past::Kept.until(key, time), image(version, &stored));
        }
        if self.history.journals() {
            let sealed = |(item, version)| Ok::<_, Error>(image(version, &table.seal(key, item)?));
            let record = before.map(sealed).transpose()?.unwrap_or_default();
            transaction.put(Past::Day(day(now)).until(key, time), record);
            self.sweep(reader, transaction, now)?;
        }
        Ok(())
    }

    /// Whether a backup may be of an item of this version. They were all made before this was written, so that one that was
    /// written since is of none of them.
    fn is_backed(&self, version: Version) -> bool {
        self.history.backups > 0 && Some(version) <= self.version
    }

    /// Adds to a transaction that stores an item anew how it was stored until this time, where a backup is of it: the backup
    /// stays under the key of its time.
    pub(crate) fn note_anew(&self, time: u64, transaction: &mut Transaction<'_>, record: &Record) {
        if self.is_backed(record.version) {
            transaction.put(Past::Kept.until(&record.key, time), image(record.version, &record.value));
        }
    }

    /// Forgets some of what is out of time.
    fn sweep(&self, reader: &Reader<'_>, transaction: &mut Transaction<'_>, now: i64) -> Result<(), Error> {
        let first = self.history.first_day(now);
        for record in reader.scan(&Scan::within(Past::journal()).limit(SWEPT))? {
            if Past::day(&record.key).is_some_and(|day| day < first) {
                transaction.delete(&record.key);
            }
        }
        Ok(())
    }
}

/// What is kept of an item of this version.
fn image(version: Version, stored: &[u8]) -> Vec<u8> {
    [&version.number().to_be_bytes()[..], stored].concat()
}

/// What is kept for recovery to points in time, as it is stored from now on; nothing where that is the same.
pub(crate) fn journal_anew(record: &Record, table: &TableKey) -> Result<Option<Vec<u8>>, Error> {
    if record.value.is_empty() {
        return Ok(None);
    }
    let damaged = || DamagedTable("(what its items were)".to_owned());
    let day = Past::day(&record.key).ok_or_else(damaged)?;
    let (key, _) = Past::Day(day).parse(&record.key).ok_or_else(damaged)?;
    let (version, _) = record.value.split_at_checked(VERSION).ok_or_else(damaged)?;
    let stored = table.anew(&key, &record.value.slice(VERSION..))?;
    Ok(stored.map(|stored| [version, &stored].concat()))
}

/// An item as it was stored when the backups were made that are of it. While its table is on its way, that is not as it would
/// be stored now.
fn as_it_lies(
    reader: &Reader<'_>,
    key: &[u8],
    (item, version): (&Item, Version),
    table: &TableKey,
) -> Result<Vec<u8>, Error> {
    if table.is_crossing()
        && let Some(found) = reader.get(key)?.filter(|found| found.version == version)
    {
        return Ok(found.value.to_vec());
    }
    table.seal(key, item)
}
