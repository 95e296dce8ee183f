use kurodo_gateway::Handler;

use super::{
    Answer, Asked,
    split_shard::{open, provisioned},
};
use crate::{
    Error, Kinesis,
    model::{MergeShardsOutput, op},
    names::StreamName,
    reshape::Reshape,
    shard::ShardId,
};

impl Handler<op::MergeShards> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::MergeShards>) -> Answer<op::MergeShards> {
        let (stream, input) = (asked.permits.resource(), &asked.input);
        let name = stream.stream();
        let id = |text: &String| ShardId::parse(text).ok_or_else(|| Error::lost_shard(text, name));
        let (one, other) = (id(&input.shard_to_merge)?, id(&input.adjacent_shard_to_merge)?);
        let mut definition = stream.active(asked.call.now_ms)?;
        let missing = [one, other].into_iter().find(|id| definition.shard(id.0).is_none());
        missing.map_or(Ok(()), |id| Err(Error::lost_shard(id, name)))?;
        provisioned(&definition, name)?;
        let (lower, upper) = (open(&definition, one, name)?, open(&definition, other, name)?);
        if lower.range.last.checked_add(1) != Some(upper.range.first) {
            let StreamName { account, name, .. } = name;
            return Err(Error::invalid(format!(
                "Shards {one} and {other} in stream {name} under account {account} are not an adjacent pair of shards \
                 eligible for merging"
            )));
        }
        definition.begin(Reshape::Merge { shard: one.0, adjacent: other.0 }, asked.call.now_ms);
        self.redefine(&asked.permits, &definition).await?;
        Ok(MergeShardsOutput {}.into())
    }
}
