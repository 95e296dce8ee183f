//! Deleting what nobody needs any more, piece by piece.

use kurodo_authz::{Grant, Write};
use kurodo_store::{Key, Record, Scan, Writer};

use crate::{
    DynamoDb, Error,
    history::Noting,
    items::{changed, some},
    layout::{self, Past},
};

/// How many records are deleted together.
pub(super) const TOGETHER: usize = 2000;
/// The most bytes of records that are looked at together, beyond the last one.
const BYTES: usize = 4 << 20;

impl DynamoDb {
    /// Deletes some of what nobody needs of what the permit reaches; `true` once there is nothing more.
    pub(super) async fn sweep<G: Grant<Access = Write>>(&self, permit: &G) -> Result<bool, Error> {
        let writer = self.store.write(permit);
        let noting = Noting::read(&writer)?;
        let idle = first(&writer, noting.history.unneeded())?;
        delete(&writer, &noting, idle.iter()).await?;
        Ok(idle.is_empty())
    }

    /// Deletes some of what items were that no backup is of any more since this one is deleted; `true` once there is no
    /// more of it.
    pub(super) async fn prune<G: Grant<Access = Write>>(&self, permit: &G, id: &str) -> Result<bool, Error> {
        prune(&self.store.write(permit), id).await
    }
}

/// The first records of these prefixes: so many, or fewer where they are large.
fn first(writer: &Writer<'_>, prefixes: Vec<Key>) -> Result<Vec<Record>, Error> {
    let (mut records, mut bytes) = (Vec::new(), 0);
    for prefix in prefixes {
        for record in writer.cursor(&Scan::within(&prefix))? {
            let record = record?;
            bytes += record.key.len() + record.value.len();
            records.push(record);
            if records.len() == TOGETHER || bytes > BYTES {
                return Ok(records);
            }
        }
    }
    Ok(records)
}

async fn prune(writer: &Writer<'_>, id: &str) -> Result<bool, Error> {
    let (noting, key) = (Noting::read(writer)?, layout::prune_progress(id));
    let marks = writer.scan(&Scan::within(layout::marks()))?;
    let marks: Vec<u64> = marks.iter().map(|mark| mark.version.number()).collect();
    let (scan, progress) = (Scan::within(Past::Kept.all()), writer.get(&key)?);
    let scan = match &progress {
        Some(progress) => scan.after(&progress.value),
        None => scan,
    };
    let records = some(writer, &scan, TOGETHER)?;
    let mut transaction = writer.transaction();
    noting.expect(&mut transaction);
    for record in records.iter().filter(|record| !is_needed(record, &marks)) {
        transaction.delete(&record.key);
    }
    match records.last() {
        Some(last) => transaction.put(&key, last.key.clone()),
        None => transaction.delete(&key),
    };
    Ok(changed(transaction.commit().await)?.is_some() && records.is_empty())
}

/// The same until there is no more, for tests of what is kept.
#[cfg(test)]
pub(crate) async fn prune_all(door: &kurodo_store::CoreDoor, id: &str) -> Result<(), Error> {
    while !prune(&door.write(), id).await? {}
    Ok(())
}

/// Whether an item was as this says when one of these backups was made.
fn is_needed(record: &Record, marks: &[u64]) -> bool {
    let Some(from) = record.value.first_chunk().copied().map(u64::from_be_bytes) else { return true };
    marks.iter().any(|mark| from <= *mark && *mark < record.version.number())
}

/// Deletes these records, unless something else is kept meanwhile.
async fn delete<'r>(
    writer: &Writer<'_>,
    noting: &Noting,
    records: impl Iterator<Item = &'r Record>,
) -> Result<(), Error> {
    let mut transaction = writer.transaction();
    noting.expect(&mut transaction);
    records.for_each(|record| _ = transaction.delete(&record.key));
    changed(transaction.commit().await)?;
    Ok(())
}
