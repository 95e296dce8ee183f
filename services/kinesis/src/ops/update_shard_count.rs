use kurodo_gateway::Handler;

use super::{Answer, Asked, split_shard::provisioned};
use crate::{
    Error, Kinesis,
    model::{UpdateShardCountOutput, op},
    reshape::Reshape,
};

/// How often within a day.
///
/// Source: Kinesis API Reference, UpdateShardCount.
const OFTEN: usize = 10;
/// Milliseconds of a day.
pub(super) const DAY: i64 = 24 * 60 * 60 * 1000;
/// The most shards that a stream gets so.
const MOST: u32 = 10_000;

impl Handler<op::UpdateShardCount> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::UpdateShardCount>) -> Answer<op::UpdateShardCount> {
        let (stream, now) = (asked.permits.resource(), asked.call.now_ms);
        let mut definition = stream.active(now)?;
        provisioned(&definition, stream.stream())?;
        let (count, target) = (definition.count(), asked.input.target_shard_count);
        let wanted = u32::try_from(target).unwrap_or_default();
        check(count, wanted)?;
        stream.room(wanted.saturating_sub(count))?;
        definition.scaled.retain(|at| at.saturating_add(DAY) > now);
        if definition.scaled.len() >= OFTEN {
            return Err(Error::LimitExceeded(format!(
                "UpdateShardCount cannot be called more than {OFTEN} times in a rolling 24-hour period for a stream."
            )));
        }
        definition.scaled.push(now);
        definition.begin(Reshape::Count(wanted), now);
        self.redefine(&asked.permits, &definition).await?;
        Ok(UpdateShardCountOutput {
            stream_name: Some(stream.name.clone()),
            current_shard_count: Some(count.cast_signed()),
            target_shard_count: Some(target),
            stream_arn: Some(stream.stream().arn()),
        }
        .into())
    }
}

fn check(count: u32, wanted: u32) -> Result<(), Error> {
    let counts = format!("Current open shard count: {count} Target shard count: {wanted}");
    if wanted > count.saturating_mul(2) {
        return Err(Error::LimitExceeded(format!(
            "UpdateShardCount cannot scale up over double your current open shard count. {counts}"
        )));
    }
    if wanted.saturating_mul(2) < count {
        return Err(Error::LimitExceeded(format!(
            "UpdateShardCount cannot scale down below half your current open shard count. {counts}"
        )));
    }
    match wanted > MOST {
        true => {
            Err(Error::LimitExceeded(format!("UpdateShardCount cannot scale up to more than {MOST} shards.")))
        }
        false => Ok(()),
    }
}
