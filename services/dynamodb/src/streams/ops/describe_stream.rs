use jiff::Timestamp;
use kurodo_gateway::Handler;
use kurodo_store::Reader;

use super::{Answer, Asked, limit};
use crate::{
    DynamoDbStreams, Error,
    definition::KeySchema,
    error::invalid_values,
    model::streams::{
        self as model, DescribeStreamOutput, KeySchemaElement, KeyType, SequenceNumberRange, ShardFilter,
        ShardFilterType, StreamDescription, StreamStatus, StreamViewType, op,
    },
    streams::{
        StreamFacts, View, label, read,
        sequence::Sequence,
        shard::{Shard, shards},
    },
};

/// The most shards of a page.
///
/// Source: DynamoDB API Reference, DescribeStream, Limit.
const MOST: usize = 100;

impl Handler<op::DescribeStream> for DynamoDbStreams {
    async fn handle(&self, asked: Asked<'_, op::DescribeStream>) -> Answer<op::DescribeStream> {
        let (permit, input) = (&asked.permits, &asked.input);
        let facts = permit.resource().existing()?;
        let limit = limit(input.limit, MOST)?;
        let reader = self.store.read(permit);
        let mut found = shards(&reader, facts, asked.call.now_ms)?;
        if let Some(filter) = &input.shard_filter {
            let parent = parent(filter)?;
            found.retain(|shard| shard.parent.as_deref() == Some(parent));
        }
        if let Some(after) = &input.exclusive_start_shard_id {
            let past = found.iter().position(|shard| shard.id == *after).map_or(found.len(), |at| at + 1);
            found.drain(..past);
        }
        let more = found.len() > limit;
        found.truncate(limit);
        let last_evaluated_shard_id = found.last().filter(|_| more).map(|shard| shard.id.clone());
        let shards = found.into_iter().map(|shard| view(&reader, shard)).collect::<Result<_, _>>()?;
        let description = describe(facts, shards, last_evaluated_shard_id);
        Ok(DescribeStreamOutput { stream_description: Some(description) }.into())
    }
}

/// The shard whose children are asked for.
fn parent(filter: &ShardFilter) -> Result<&str, Error> {
    match (filter.r#type, &filter.shard_id) {
        (Some(ShardFilterType::ChildShards), Some(id)) => Ok(id),
        _ => Err(invalid_values("ShardFilter must have both Type and ShardId")),
    }
}

fn describe(facts: &StreamFacts, shards: Vec<model::Shard>, last: Option<String>) -> StreamDescription {
    let (name, definition) = (&facts.name, &facts.definition);
    let status = if definition.disabled.is_some() { StreamStatus::Disabled } else { StreamStatus::Enabled };
    StreamDescription {
        stream_arn: Some(name.arn()),
        stream_label: Some(label(name.created)),
        stream_status: Some(status),
        stream_view_type: Some(kind(definition.view)),
        creation_request_date_time: Some(Timestamp::from_millisecond(name.created).unwrap_or_default()),
        table_name: Some(name.table.clone()),
        key_schema: Some(key_schema(&definition.key)),
        shards: Some(shards),
        last_evaluated_shard_id: last,
    }
}

fn key_schema(key: &KeySchema) -> Vec<KeySchemaElement> {
    let types = [KeyType::Hash, KeyType::Range];
    let each = key.attributes().zip(types);
    each.map(|(key, key_type)| KeySchemaElement { attribute_name: key.name.clone(), key_type }).collect()
}

/// The word for a view, as this service's facts have it.
pub(super) fn kind(view: View) -> StreamViewType {
    match view {
        View::Keys => StreamViewType::KeysOnly,
        View::New => StreamViewType::NewImage,
        View::Old => StreamViewType::OldImage,
        View::Both => StreamViewType::NewAndOldImages,
    }
}

fn view(reader: &Reader<'_>, shard: Shard) -> Result<model::Shard, Error> {
    let last = match shard.closed {
        Some(_) => read::last(reader, &shard)?.map(|last| last.place).or(Some(shard.first())),
        None => None,
    };
    let range = SequenceNumberRange {
        starting_sequence_number: Some(Sequence(shard.first()).to_string()),
        ending_sequence_number: last.map(|place| Sequence(place).to_string()),
    };
    let (shard_id, parent_shard_id) = (Some(shard.id), shard.parent);
    Ok(model::Shard { shard_id, sequence_number_range: Some(range), parent_shard_id })
}
