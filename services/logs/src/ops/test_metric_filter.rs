use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Logs,
    model::{MetricFilterMatchRecord, TestMetricFilterOutput, op},
    pattern::Pattern,
};

impl Handler<op::TestMetricFilter> for Logs {
    async fn handle(&self, asked: Asked<'_, op::TestMetricFilter>) -> Answer<op::TestMetricFilter> {
        let pattern = Pattern::parse(&asked.input.filter_pattern)?;
        let matches = (1..).zip(asked.input.log_event_messages).filter_map(|(number, message)| {
            let values = pattern.extract(&message)?;
            Some(MetricFilterMatchRecord {
                event_number: Some(number),
                event_message: Some(message),
                extracted_values: Some(values),
            })
        });
        Ok(TestMetricFilterOutput { matches: Some(matches.collect()) }.into())
    }
}
