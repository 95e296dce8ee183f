//! Streams, shards and records as answers carry them.

use jiff::Timestamp;
use kurodo_envelope::Opener;

use crate::{
    Error,
    definition::{Consumer, Definition},
    facts::StreamFacts,
    model::{
        self, ChildShard, ConsumerStatus, EncryptionType, EnhancedMetrics, HashKeyRange, MetricsName, Record,
        SequenceNumberRange, StreamDescription, StreamDescriptionSummary, StreamModeDetails,
    },
    names::StreamName,
    read::Stored,
    sequence::Sequence,
    shard::{Shard, ShardId},
};

/// For how long a consumer is being registered, in milliseconds.
const REGISTERING: i64 = 500;

/// A time, in milliseconds since 1970.
pub(crate) fn time(at: i64) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or_default()
}

/// A shard.
pub(crate) fn shard(shard: &Shard) -> model::Shard {
    let id = |number: u32| ShardId(number).to_string();
    model::Shard {
        shard_id: id(shard.number),
        parent_shard_id: shard.parent.map(id),
        adjacent_parent_shard_id: shard.adjacent.map(id),
        hash_key_range: range(shard),
        sequence_number_range: SequenceNumberRange {
            starting_sequence_number: Sequence::first(shard).to_string(),
            ending_sequence_number: shard.closed.map(|closed| Sequence::last(shard, closed).to_string()),
        },
    }
}

fn range(shard: &Shard) -> HashKeyRange {
    HashKeyRange {
        starting_hash_key: shard.range.first.to_string(),
        ending_hash_key: shard.range.last.to_string(),
    }
}

/// The shards that follow on this one.
pub(crate) fn children(definition: &Definition, of: u32) -> Vec<ChildShard> {
    let child = |shard: &Shard| ChildShard {
        shard_id: ShardId(shard.number).to_string(),
        parent_shards: shard.parents().map(|parent| ShardId(parent).to_string()).collect(),
        hash_key_range: range(shard),
    };
    definition.children(of).map(child).collect()
}

/// The records of a page of a shard, opened where they are sealed; all of them or none.
pub(crate) async fn records(
    shard: &Shard,
    page: Vec<Stored>,
    opener: &mut Opener<'_>,
) -> Result<Vec<Record>, Error> {
    let mut records = Vec::with_capacity(page.len());
    for Stored { place, found } in page {
        let encryption_type = found.is_sealed().then_some(EncryptionType::Kms);
        let entry = found.open(opener).await?;
        records.push(Record {
            sequence_number: Sequence::of(shard, place, entry.time).to_string(),
            approximate_arrival_timestamp: Some(time(entry.time)),
            data: entry.data,
            partition_key: Some(entry.partition_key),
            encryption_type,
        });
    }
    Ok(records)
}

/// Whether records are sealed, and under which key, as it was named.
fn encryption(definition: &Definition, now: i64) -> (Option<EncryptionType>, Option<String>) {
    match definition.key(now) {
        Some(key) => (Some(EncryptionType::Kms), Some(key.named.clone())),
        None => (Some(EncryptionType::None), None),
    }
}

/// How a stream's capacity is decided.
pub(crate) fn mode(definition: &Definition) -> Option<StreamModeDetails> {
    Some(StreamModeDetails { stream_mode: definition.mode() })
}

/// The metrics that each shard has.
pub(crate) fn metrics(definition: &Definition) -> Vec<MetricsName> {
    definition.metrics.iter().filter_map(|name| MetricsName::parse(name)).collect()
}

fn monitoring(definition: &Definition) -> Vec<EnhancedMetrics> {
    vec![EnhancedMetrics { shard_level_metrics: Some(metrics(definition)) }]
}

/// A stream, with these of its shards.
pub(crate) fn stream(
    facts: &StreamFacts,
    shards: Vec<model::Shard>,
    more: bool,
    now: i64,
) -> StreamDescription {
    let StreamFacts { name, definition, .. } = facts;
    let (encryption_type, key_id) = encryption(definition, now);
    StreamDescription {
        stream_name: name.name.clone(),
        stream_arn: name.arn(),
        stream_status: definition.status(now),
        stream_mode_details: mode(definition),
        shards,
        has_more_shards: more,
        retention_period_hours: definition.hours,
        stream_creation_timestamp: whole_seconds(definition.created),
        enhanced_monitoring: monitoring(definition),
        encryption_type,
        key_id,
    }
}

/// A stream in short.
pub(crate) fn summary(facts: &StreamFacts, consumers: usize, now: i64) -> StreamDescriptionSummary {
    let StreamFacts { name, definition, .. } = facts;
    let (encryption_type, key_id) = encryption(definition, now);
    let open = definition.seen(now).filter(|shard| shard.is_open()).count();
    StreamDescriptionSummary {
        stream_name: name.name.clone(),
        stream_arn: name.arn(),
        stream_id: None,
        stream_status: definition.status(now),
        stream_mode_details: mode(definition),
        retention_period_hours: definition.hours,
        stream_creation_timestamp: whole_seconds(definition.created),
        enhanced_monitoring: monitoring(definition),
        encryption_type,
        key_id,
        open_shard_count: count(open),
        consumer_count: Some(count(consumers)),
        warm_throughput: None,
        max_record_size_in_ki_b: None,
        channel_count: None,
        record_distribution_strategy: None,
        queue_count: None,
    }
}

/// The time of a stream or consumer: AWS gives whole seconds.
pub(crate) fn whole_seconds(at: i64) -> Timestamp {
    Timestamp::from_second(at.div_euclid(1000)).unwrap_or_default()
}

/// A count as answers carry it.
pub(crate) fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A consumer's ARN.
pub(crate) fn consumer_arn(stream: &StreamName, name: &str, consumer: &Consumer) -> String {
    format!("{}/consumer/{name}:{}", stream.arn(), consumer.created.div_euclid(1000))
}

/// Where a consumer stands.
pub(crate) fn consumer_status(consumer: &Consumer, now: i64) -> ConsumerStatus {
    if now < consumer.created.saturating_add(REGISTERING) {
        ConsumerStatus::Creating
    } else {
        ConsumerStatus::Active
    }
}

/// A consumer.
pub(crate) fn consumer(stream: &StreamName, name: &str, consumer: &Consumer, now: i64) -> model::Consumer {
    model::Consumer {
        consumer_name: name.to_owned(),
        consumer_arn: consumer_arn(stream, name, consumer),
        consumer_status: consumer_status(consumer, now),
        consumer_creation_timestamp: whole_seconds(consumer.created),
    }
}
