use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Kinesis,
    account::{Held, ON_DEMAND, shard_limit},
    model::{DescribeLimitsOutput, op},
    view::count,
};

impl Handler<op::DescribeLimits> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::DescribeLimits>) -> Answer<op::DescribeLimits> {
        let held = Held::count(&self.store.read(&asked.permits), &[])?;
        Ok(DescribeLimitsOutput {
            shard_limit: shard_limit(&asked.permits.resource().region).cast_signed(),
            open_shard_count: held.shards.cast_signed(),
            on_demand_stream_count: count(held.on_demand),
            on_demand_stream_count_limit: count(ON_DEMAND),
            channel_count: None,
            channel_count_limit: None,
        }
        .into())
    }
}
