use bytes::Bytes;
use kurodo_store::{Reader, Scan, Transaction, Version, Versioned};

use super::{History, keep::day};
use crate::{
    Error,
    attribute::Item,
    encryption::TableKey,
    error::DamagedTable,
    items::Written,
    layout::{self, Past},
};

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
        let sealed = |(item, version): (&Item, Version)| {
            Ok::<_, Error>([&version.number().to_be_bytes()[..], &table.seal(key, item)?].concat())
        };
        let record = before.map(sealed).transpose()?;
        // Backups were all made before this was written, so an item that was written since is of none of them.
        let backed = self.history.backups > 0 && written.version.is_some_and(|old| Some(old) <= self.version);
        if let Some(record) = record.as_ref().filter(|_| backed) {
            transaction.put(Past::Kept.until(key, time), record.clone());
        }
        if self.history.journals() {
            transaction.put(Past::Day(day(now)).until(key, time), record.unwrap_or_default());
            self.sweep(reader, transaction, now)?;
        }
        Ok(())
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
