use jiff::Timestamp;
use kurodo_gateway::Handler;
use kurodo_store::{Place, Reader};

use super::{Answer, Asked};
use crate::{
    Error, Kinesis,
    facts::StreamFacts,
    iterator::ShardIterator,
    model::{GetShardIteratorOutput, ShardIteratorType, op},
    names::StreamName,
    read,
    sequence::{Sequence, Written, behind, start},
    shard::{Shard, ShardId},
};

impl Handler<op::GetShardIterator> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::GetShardIterator>) -> Answer<op::GetShardIterator> {
        let (permit, input, now) = (&asked.permits, &asked.input, asked.call.now_ms);
        let (stream, text) = (permit.resource().stream(), &input.shard_id);
        let id = ShardId::parse(text).ok_or_else(|| Error::lost_shard(text, stream))?;
        let facts = permit.resource().facts().ok_or_else(|| Error::no_shard(id, stream))?;
        let shard = facts.definition.seen(now).find(|shard| shard.number == id.0);
        let shard = shard.ok_or_else(|| Error::no_shard(id, stream))?;
        let start = Start {
            kind: input.shard_iterator_type,
            sequence: input.starting_sequence_number.as_deref(),
            time: input.timestamp,
            operation: "GetShardIterator",
        };
        let at = place(&self.store.read(permit), facts, shard, &start, now)?;
        let (stream, contents) = (stream.clone(), facts.definition.contents);
        let iterator = ShardIterator { stream, contents, shard: shard.number, at, given: now };
        Ok(GetShardIteratorOutput { shard_iterator: Some(iterator.show()) }.into())
    }
}

/// Where a request wants to begin.
pub(crate) struct Start<'s> {
    pub(crate) kind: ShardIteratorType,
    pub(crate) sequence: Option<&'s str>,
    pub(crate) time: Option<Timestamp>,
    /// The operation, as messages name it.
    pub(crate) operation: &'static str,
}

/// Where reading a shard begins.
pub(crate) fn place(
    reader: &Reader<'_>,
    facts: &StreamFacts,
    shard: &Shard,
    asked: &Start<'_>,
    now: i64,
) -> Result<Place, Error> {
    use ShardIteratorType as Kind;
    match (asked.kind, asked.sequence) {
        (Kind::TrimHorizon | Kind::Latest, Some(_)) => {
            Err(either(asked.kind, "and also a StartingSequenceNumber"))
        }
        (Kind::AtSequenceNumber | Kind::AfterSequenceNumber, None) => {
            Err(either(asked.kind, "and no StartingSequenceNumber"))
        }
        (Kind::AtSequenceNumber, Some(text)) => at_sequence(facts, shard, text, asked.operation),
        (Kind::AfterSequenceNumber, Some(text)) => {
            at_sequence(facts, shard, text, asked.operation).map(behind)
        }
        (Kind::TrimHorizon, None) => Ok(start()),
        (Kind::Latest, None) => read::end(reader, shard.number),
        (Kind::AtTimestamp, _) => at_time(reader, shard, asked.time, now),
    }
}

fn either(kind: ShardIteratorType, what: &str) -> Error {
    Error::invalid(format!(
        "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) \
         TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified {kind} {what}."
    ))
}

fn at_sequence(
    facts: &StreamFacts,
    shard: &Shard,
    text: &str,
    operation: &'static str,
) -> Result<Place, Error> {
    let (StreamName { account, name, .. }, id) = (&facts.name, ShardId(shard.number));
    let wrong = |why: &str| {
        Error::invalid(format!(
            "StartingSequenceNumber {text} used in {operation} on shard {id} in stream {name} under account {account} \
             is invalid{why}."
        ))
    };
    let number = Sequence::parse(text).ok_or_else(|| wrong(""))?;
    if u32::try_from(number.shard) != Ok(shard.number) {
        return Err(Error::invalid(format!(
            "Invalid StartingSequenceNumber. It encodes shardId-{:012}, while it was used in a call to a shard with {id}",
            number.shard
        )));
    }
    if number.written == Written::Ancient {
        return Err(Error::OldSequence);
    }
    let first = Sequence::first(shard);
    if number.written != first.written || number.created != first.created {
        return Err(wrong(" because it did not come from this stream"));
    }
    Ok(number.place())
}

fn at_time(reader: &Reader<'_>, shard: &Shard, time: Option<Timestamp>, now: i64) -> Result<Place, Error> {
    let missing = || {
        Error::invalid(
            "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no \
             timestamp parameter.",
        )
    };
    let time = time.ok_or_else(missing)?.as_millisecond();
    if time > now {
        return Err(Error::invalid(format!(
            "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: \
             {time}, currentTimestampInMillis: {now}"
        )));
    }
    read::since(reader, shard.number, time)
}
