use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use kurodo_gateway::{Handler, Reply};
use kurodo_store::Reader;

use super::{Answer, Asked, describe_stream::kind, limit, shard};
use crate::{
    DynamoDbStreams, Error,
    attribute::shown,
    encryption::{Protection, StreamKeys},
    items::Author,
    model::streams::{GetRecordsOutput, Identity, OperationType, Record, StreamRecord, op},
    streams::{
        KEPT, ShardIterator, StreamFacts,
        entry::Event,
        read::{self, Stored, Stream},
        sequence::Sequence,
        shard::Shard,
        turns::Turns,
    },
};

/// The most records of a page.
///
/// Source: DynamoDB API Reference, GetRecords.
const MOST: usize = 1000;
/// The most bytes of a page, but for one record that is larger.
const PAGE: usize = 1 << 20;

impl Handler<op::GetRecords> for DynamoDbStreams {
    async fn handle(&self, asked: Asked<'_, op::GetRecords>) -> Answer<op::GetRecords> {
        let (permit, now) = (&asked.permits, asked.call.now_ms);
        let Some(iterator) = permit.resource().iterator() else {
            return Err(Error::validation("Invalid ShardIterator"));
        };
        let limit = limit(asked.input.limit, MOST)?;
        if iterator.is_expired(now) {
            return Err(Error::ExpiredIterator);
        }
        let facts = permit.resource().existing()?;
        let mut keys = self.vault.unlock_stream(facts, asked.call).await?;
        let left: Vec<Protection> = {
            let reader = self.store.read(permit);
            let turns = Turns::read(&reader)?;
            turns.left(&reader, iterator.at)?.into_iter().cloned().collect()
        };
        self.vault.unlock_left(&mut keys, (facts, &left), asked.call).await?;
        let reader = self.store.read(permit);
        let shard = shard(&reader, facts, now, |shard| shard.start == iterator.shard)?;
        if iterator.at < read::trimmed(&reader)? {
            return Err(Error::Trimmed);
        }
        let page = page(&reader, (facts, &keys), &shard, iterator, (limit, now))?;
        let next = ShardIterator { at: page.next, given: now, ..iterator.clone() };
        let over = page.ended && shard.closed.is_some();
        let (records, bytes) = (page.records.len(), page.bytes);
        let output = GetRecordsOutput {
            records: Some(page.records.into_iter().map(|stored| view(facts, stored)).collect()),
            next_shard_iterator: (!over).then(|| next.show()),
        };
        Ok(Reply::from(output).with_measure("Bytes", bytes as u64).with_measure("Records", records as u64))
    }
}

/// What of a shard goes into one answer.
struct Page {
    records: Vec<Stored>,
    next: kurodo_store::Place,
    bytes: usize,
    /// Whether the shard has no more records yet.
    ended: bool,
}

fn page(
    reader: &Reader<'_>,
    stream: (&StreamFacts, &StreamKeys),
    shard: &Shard,
    iterator: &ShardIterator,
    (limit, now): (usize, i64),
) -> Result<Page, Error> {
    let mut page = Page { records: Vec::new(), next: iterator.at, bytes: 0, ended: true };
    for stored in Stream::read(reader, stream, iterator.at, shard.end)? {
        let stored = stored?;
        // What is a day old is not given out, though it may still be there.
        if stored.entry.time.saturating_add(KEPT) > now {
            let bytes = page.bytes + stored.entry.size();
            if page.records.len() == limit || (bytes > PAGE && !page.records.is_empty()) {
                return Ok(Page { ended: false, ..page });
            }
            (page.next, page.bytes) = (stored.next, bytes);
            page.records.push(stored);
        } else {
            page.next = stored.next;
        }
    }
    Ok(page)
}

fn view(facts: &StreamFacts, stored: Stored) -> Record {
    let Stored { place, entry, .. } = stored;
    let sequence = Sequence(place).to_string();
    let service = (entry.by == Author::Expiry).then(|| Identity {
        principal_id: Some("dynamodb.amazonaws.com".to_owned()),
        r#type: Some("Service".to_owned()),
    });
    Record {
        event_id: Some(event_id(facts, &sequence)),
        event_name: Some(name(entry.event)),
        event_version: Some("1.1".to_owned()),
        event_source: Some("aws:dynamodb".to_owned()),
        aws_region: Some(facts.name.region.to_string()),
        dynamodb: Some(StreamRecord {
            approximate_creation_date_time: Timestamp::from_second(entry.time.div_euclid(1000)).ok(),
            size_bytes: i64::try_from(entry.size()).ok(),
            keys: Some(shown(entry.keys)),
            new_image: entry.new.map(shown),
            old_image: entry.old.map(shown),
            sequence_number: Some(sequence),
            stream_view_type: Some(kind(facts.definition.view)),
        }),
        user_identity: service,
    }
}

fn name(event: Event) -> OperationType {
    match event {
        Event::Insert => OperationType::Insert,
        Event::Modify => OperationType::Modify,
        Event::Remove => OperationType::Remove,
    }
}

/// An id that no other record has, and this one has always.
fn event_id(facts: &StreamFacts, sequence: &str) -> String {
    let whole = format!("{}/{}/{sequence}", facts.definition.contents, facts.name.created);
    let bytes = digest(&SHA256, whole.as_bytes());
    let half = bytes.as_ref().first_chunk().map_or(0, |bytes| u128::from_be_bytes(*bytes));
    format!("{half:032x}")
}
