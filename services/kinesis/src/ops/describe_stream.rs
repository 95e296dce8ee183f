use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Kinesis,
    model::{DescribeStreamOutput, op},
    shard::ShardId,
    view,
};

/// The most shards of a page.
///
/// Source: Kinesis API Reference, DescribeStream, Limit.
const MOST: usize = 100;

impl Handler<op::DescribeStream> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::DescribeStream>) -> Answer<op::DescribeStream> {
        let (input, now) = (&asked.input, asked.call.now_ms);
        let facts = asked.permits.resource().existing()?;
        let limit = input.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(MOST);
        let after = input.exclusive_start_shard_id.as_deref();
        let shards = facts.definition.seen(now);
        let shards =
            shards.filter(|shard| after.is_none_or(|after| *ShardId(shard.number).to_string() > *after));
        let mut shards: Vec<_> = shards.take(limit.saturating_add(1)).map(view::shard).collect();
        let more = shards.len() > limit;
        shards.truncate(limit);
        Ok(DescribeStreamOutput { stream_description: view::stream(facts, shards, more, now) }.into())
    }
}
