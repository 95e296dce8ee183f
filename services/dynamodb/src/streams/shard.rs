//! Shards: a stream is a row of them, each going on where the one before ended.
//!
//! One shard at a time is open. The first change more than four hours after one was opened opens the next; a stream
//! without changes keeps its shard.
//!
//! Source: DynamoDB Developer Guide, "Change data capture for DynamoDB Streams", reading and processing a stream.

use aws_lc_rs::digest::{SHA256, digest};
use kurodo_store::{Place, Reader, Record, Scan, Version};

use super::{KEPT, StreamFacts, sequence::first};
use crate::{Error, attribute::Damaged, layout};

/// For how long a shard takes records, in milliseconds.
const EPOCH: i64 = 4 * 60 * 60 * 1000;

/// The epoch of a time in the life of a stream that was made then. The first one is 0.
pub(super) fn epoch(created: i64, now: i64) -> u64 {
    (now.saturating_sub(created).max(0) / EPOCH).unsigned_abs()
}

/// A part of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shard {
    pub(super) id: String,
    pub(super) parent: Option<String>,
    /// The transaction that opened it: its records are not older.
    pub(super) start: Version,
    /// The transaction that opened the next one, which has what is not older.
    pub(super) end: Option<Version>,
    /// Since when it takes no records, in milliseconds since 1970.
    pub(super) closed: Option<i64>,
}

impl Shard {
    /// The first place that it may have a record at.
    pub(super) fn first(&self) -> Place {
        first(self.start)
    }
}

/// The shards of a stream, the oldest first; without those that were closed a day ago.
pub(super) fn shards(reader: &Reader<'_>, facts: &StreamFacts, now: i64) -> Result<Vec<Shard>, Error> {
    let starts = starts(reader, facts, now)?;
    let (mut all, mut parent) = (Vec::new(), None);
    for (at, (start, opened)) in starts.iter().enumerate() {
        let next = starts.get(at + 1);
        let closed = next.map(|(_, opened)| *opened).or(facts.definition.disabled);
        let id = id(facts, *start, *opened);
        let parent = parent.replace(id.clone());
        all.push(Shard { id, parent, start: *start, end: next.map(|(start, _)| *start), closed });
    }
    all.retain(|shard| shard.closed.is_none_or(|closed| is_fresh(closed, now)));
    Ok(all)
}

/// Where shards start and when they were opened, in order: all that are still seen, and before them what their ids
/// tell of.
fn starts(reader: &Reader<'_>, facts: &StreamFacts, now: i64) -> Result<Vec<(Version, i64)>, Error> {
    let mut starts = Vec::new();
    for record in reader.cursor(&Scan::within(layout::shards()).backward())? {
        let record = record?;
        starts.push((record.version, opened(&record)?));
        // The newest that was opened a day ago is still seen, or the one before was closed a day ago: that one's id
        // is all that is told of it.
        if starts.iter().filter(|(_, opened)| !is_fresh(*opened, now)).count() == 2 {
            starts.sort_unstable();
            return Ok(starts);
        }
    }
    starts.push((Version::from_number(0), facts.name.created));
    starts.sort_unstable();
    Ok(starts)
}

fn is_fresh(time: i64, now: i64) -> bool {
    time.saturating_add(KEPT) > now
}

/// When the shard of this record was opened.
pub(super) fn opened(record: &Record) -> Result<i64, Error> {
    Ok(record.value.first_chunk().map(|bytes| i64::from_be_bytes(*bytes)).ok_or(Damaged)?)
}

/// The id of a shard: when it was opened, and what tells it from all others.
fn id(facts: &StreamFacts, start: Version, opened: i64) -> String {
    let whole = format!("{}/{}/{}", facts.definition.contents, facts.name.created, start.number());
    let bytes = digest(&SHA256, whole.as_bytes());
    let tail = bytes.as_ref().first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes));
    format!("shardId-{opened:020}-{tail:08x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_takes_four_hours() {
        let hour = 60 * 60 * 1000;
        assert_eq!(
            [0, 4 * hour - 1, 4 * hour, 25 * hour].map(|later| epoch(1000, 1000 + later)),
            [0, 0, 1, 6]
        );
        assert_eq!(epoch(1000, 0), 0, "a clock that went back");
    }
}
