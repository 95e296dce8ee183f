use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Error, Kinesis,
    definition::Definition,
    model::{SplitShardOutput, op},
    names::StreamName,
    reshape::Reshape,
    shard::{Shard, ShardId},
};

impl Handler<op::SplitShard> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::SplitShard>) -> Answer<op::SplitShard> {
        let (stream, input) = (asked.permits.resource(), &asked.input);
        let (name, text) = (stream.stream(), &input.shard_to_split);
        let id = ShardId::parse(text).ok_or_else(|| Error::lost_shard(text, name))?;
        let mut definition = stream.active(asked.call.now_ms)?;
        let shard = open(&definition, id, name)?;
        provisioned(&definition, name)?;
        stream.room(1)?;
        let at = within(shard, &input.new_starting_hash_key, name)?;
        definition.begin(Reshape::split(id.0, at), asked.call.now_ms);
        self.redefine(&asked.permits, &definition).await?;
        Ok(SplitShardOutput {}.into())
    }
}

/// That the shards of a stream are the caller's business.
pub(super) fn provisioned(definition: &Definition, stream: &StreamName) -> Result<(), Error> {
    let StreamName { account, name, .. } = stream;
    match definition.on_demand {
        false => Ok(()),
        true => Err(Error::Validation(format!(
            "Request is invalid. Stream {name} under account {account} is in On-Demand mode."
        ))),
    }
}

/// The shard of this name, which takes records.
pub(super) fn open<'d>(
    definition: &'d Definition,
    id: ShardId,
    stream: &StreamName,
) -> Result<&'d Shard, Error> {
    let shard = definition.shard(id.0).ok_or_else(|| Error::lost_shard(id, stream))?;
    let StreamName { account, name, .. } = stream;
    shard.is_open().then_some(shard).ok_or_else(|| {
        Error::invalid(format!(
            "Shard {id} in stream {name} under account {account} has already been closed."
        ))
    })
}

/// The hash key of this text, which leaves something on both sides.
fn within(shard: &Shard, text: &str, stream: &StreamName) -> Result<u128, Error> {
    let (range, id) = (shard.range, ShardId(shard.number));
    let key = text.parse().ok().filter(|key| *key > range.first.saturating_add(1) && *key < range.last);
    let StreamName { account, name, .. } = stream;
    key.ok_or_else(|| {
        Error::invalid(format!(
            "NewStartingHashKey {text} used in SplitShard() on shard {id} in stream {name} under account {account} is \
             not both greater than one plus the shard's StartingHashKey {} and less than the shard's EndingHashKey {}.",
            range.first, range.last
        ))
    })
}
