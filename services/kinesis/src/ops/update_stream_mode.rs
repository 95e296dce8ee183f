use kurodo_gateway::Handler;

use super::{Answer, Asked, update_shard_count::DAY};
use crate::{
    Error, Kinesis,
    model::{StreamMode, UpdateStreamModeOutput, op},
    names::StreamName,
};

/// How often within a day.
///
/// Source: Kinesis Developer Guide, "Switch between capacity modes".
const OFTEN: usize = 2;

impl Handler<op::UpdateStreamMode> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::UpdateStreamMode>) -> Answer<op::UpdateStreamMode> {
        let (stream, now) = (asked.permits.resource(), asked.call.now_ms);
        let mut definition = stream.active(now)?;
        let on_demand = asked.input.stream_mode_details.stream_mode == StreamMode::OnDemand;
        if definition.on_demand == on_demand {
            return Ok(UpdateStreamModeOutput {}.into());
        }
        definition.switched.retain(|at| at.saturating_add(DAY) > now);
        if definition.switched.len() >= OFTEN {
            let StreamName { account, name, .. } = stream.stream();
            return Err(Error::LimitExceeded(format!(
                "Stream {name} under account {account} has already switched modes {OFTEN} times in the last 24 hours."
            )));
        }
        match on_demand {
            true => stream.room_on_demand()?,
            false => stream.room(definition.count())?,
        }
        definition.switched.push(now);
        definition.on_demand = on_demand;
        self.redefine(&asked.permits, &definition).await?;
        Ok(UpdateStreamModeOutput {}.into())
    }
}
