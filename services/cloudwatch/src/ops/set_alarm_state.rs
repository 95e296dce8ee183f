use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    CloudWatch, Error,
    alarm::{State, StateOf},
    model::{SetAlarmStateOutput, op},
};

impl Handler<op::SetAlarmState> for CloudWatch {
    async fn handle(&self, asked: Asked<'_, op::SetAlarmState>) -> Answer<op::SetAlarmState> {
        let input = asked.input;
        if let Some(data) = &input.state_reason_data
            && serde_json::from_str::<serde_json::Value>(data).is_err()
        {
            return Err(Error::Format("StateReasonData was not valid JSON".to_owned()));
        }
        let value = State::of(input.state_value);
        let state = StateOf { value, reason: input.state_reason, data: input.state_reason_data };
        match self.enter(&asked.permits, None, state, asked.call.now_ms).await? {
            true => Ok(SetAlarmStateOutput {}.into()),
            false => Err(Error::NoAlarm("Alarm does not exist".to_owned())),
        }
    }
}
