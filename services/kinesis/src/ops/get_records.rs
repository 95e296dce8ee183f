use kurodo_gateway::{Handler, Reply};

use super::{Answer, Asked};
use crate::{
    Error, Kinesis,
    figures::Given,
    iterator::ShardIterator,
    model::{GetRecordsOutput, op},
    read::{Measure, Page},
    view,
};

/// The most records of a page.
///
/// Source: Kinesis API Reference, GetRecords.
const MOST: usize = 10_000;
/// The most bytes of a page, but for one record that is larger.
const BYTES: usize = 10 << 20;

impl Handler<op::GetRecords> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::GetRecords>) -> Answer<op::GetRecords> {
        let (permit, now) = (&asked.permits, asked.call.now_ms);
        let resource = permit.resource();
        let iterator = resource.iterator().ok_or_else(|| Error::invalid("Invalid ShardIterator."))?;
        iterator.check(now)?;
        let missing = || Error::no_shard(iterator.id(), &iterator.stream);
        let facts = resource.facts().filter(|facts| facts.definition.contents == iterator.contents);
        let facts = facts.ok_or_else(missing)?;
        let definition = &facts.definition;
        let shard = definition.seen(now).find(|shard| shard.number == iterator.shard).ok_or_else(missing)?;
        let place = (definition.contents, shard.number);
        let of = facts.shard(shard.number);
        if !self.meter.answers(place) {
            self.figures.not_answered(of);
            return Err(Error::throttled(iterator.id(), &resource.name, resource.account));
        }
        let limit = asked.input.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(MOST);
        let horizon = now.saturating_sub(definition.kept());
        let measure = Measure { records: limit, bytes: BYTES, horizon };
        let page = Page::read(&self.store.read(permit), shard, iterator.at, measure)?;
        let (millis_behind_latest, over) = (page.behind(now), page.left.is_none() && !shard.is_open());
        let next = ShardIterator { at: page.next, given: now, ..iterator.clone() };
        let (bytes, given) = (page.bytes, Given::from(&page));
        let age = page.records.last().map_or(0, |stored| now.saturating_sub(stored.found.time()).max(0));
        let age = age.unsigned_abs();
        let mut opener = self.opener(&facts.name, asked.call);
        let records = view::records(shard, page.records, &mut opener).await?;
        // Who may not read what is sealed uses nothing of what the shard gives, and learns nothing of its size so.
        self.meter.gave(place, bytes);
        self.figures.got(of, given, age);
        let output = GetRecordsOutput {
            records,
            next_shard_iterator: (!over).then(|| next.show()),
            millis_behind_latest: Some(millis_behind_latest),
            child_shards: over.then(|| view::children(definition, shard.number)),
        };
        let reply = Reply::from(output).with_measure("Bytes", bytes as u64);
        Ok(reply.with_measure("Records", given.records as u64).with_measure("Age", age))
    }
}
