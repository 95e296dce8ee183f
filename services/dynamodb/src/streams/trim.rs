//! What is a day old is taken off the disk.

use kurodo_authz::Permit;
use kurodo_gateway::{Errand, Keeper, Progress};
use kurodo_store::{Place, Reader, Scan, Transaction, Writer};

use super::{
    DynamoDbStreams, KEPT, StreamFacts, entry,
    sequence::behind,
    table::{action, chore},
    turns,
    write::CONTINUED,
};
use crate::{
    Error,
    attribute::Damaged,
    items::{changed, some},
    layout,
};

/// How many records are deleted together.
const TOGETHER: usize = 2000;

/// Whether a stream has records that nobody sees any more.
pub(crate) fn is_due(stored: &Reader<'_>, facts: &StreamFacts, now: i64) -> Result<bool, Error> {
    let scope = layout::stream_contents(facts.definition.contents, facts.name.created);
    if facts.definition.is_gone(now) {
        return Ok(!stored.is_empty(scope.prefix())?);
    }
    let first = Scan::within([scope.prefix(), &*layout::entries()].concat());
    let first = stored.cursor(&first)?.next().transpose()?;
    first.map_or(Ok(false), |first| is_old(&first.value, now))
}

/// Whether a record, or a part of one, is a day old. A part that has lost its beginning belongs to one that was.
fn is_old(value: &[u8], now: i64) -> Result<bool, Error> {
    let (mark, rest) = value.split_first().ok_or(Damaged)?;
    Ok(mark & CONTINUED != 0 || entry::time(rest)?.saturating_add(KEPT) <= now)
}

impl Keeper<chore::TrimStreams> for DynamoDbStreams {
    async fn keep(&self, errand: Errand<'_, Self, chore::TrimStreams>) -> Result<Progress, Error> {
        let mut progress = Progress::Done;
        for permit in &errand.permits {
            if self.trim(permit, errand.call.now_ms).await? == TOGETHER {
                progress = Progress::More;
            }
        }
        Ok(progress)
    }
}

impl Keeper<chore::ForgetStreams> for DynamoDbStreams {
    async fn keep(&self, errand: Errand<'_, Self, chore::ForgetStreams>) -> Result<Progress, Error> {
        for permit in &errand.permits {
            let facts = permit.resource().existing()?;
            let writer = self.store.write(permit);
            let mut transaction = writer.transaction();
            transaction.expect_fact(&facts.current).delete([]);
            changed(transaction.commit().await)?;
        }
        Ok(Progress::Done)
    }
}

impl DynamoDbStreams {
    /// Deletes old records of a stream, and tells how many; all that there is of one that nobody sees any more.
    async fn trim(&self, permit: &Permit<'_, action::TrimRecords>, now: i64) -> Result<usize, Error> {
        let facts = permit.resource().existing()?;
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        let deleted = match facts.definition.is_gone(now) {
            true => empty(&writer, &mut transaction)?,
            false => trim(&writer, &mut transaction, now)?,
        };
        transaction.commit().await?;
        Ok(deleted)
    }
}

fn empty(writer: &Writer<'_>, transaction: &mut Transaction<'_>) -> Result<usize, Error> {
    let records = some(writer, &Scan::default(), TOGETHER)?;
    records.iter().for_each(|record| _ = transaction.delete(&record.key));
    Ok(records.len())
}

/// The first place that is left is noted, so that iterators before it are told.
fn trim(writer: &Writer<'_>, transaction: &mut Transaction<'_>, now: i64) -> Result<usize, Error> {
    let (mut deleted, mut last) = (0, None);
    for record in some(writer, &Scan::within(layout::entries()), TOGETHER)? {
        if !is_old(&record.value, now)? {
            break;
        }
        transaction.delete(&record.key);
        last = Some(Place::of(&record.key).ok_or(Damaged)?);
        deleted += 1;
    }
    if let Some(last) = last {
        transaction.put(layout::trimmed(), behind(last).bytes().to_vec());
        turns::forget(writer, transaction, last.version)?;
    }
    Ok(deleted)
}
