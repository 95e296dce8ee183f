use kurodo_gateway::Handler;
use kurodo_store::Scan;

use super::{Answer, Asked};
use crate::{
    Kinesis,
    model::{DescribeStreamSummaryOutput, op},
    view,
};

impl Handler<op::DescribeStreamSummary> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::DescribeStreamSummary>) -> Answer<op::DescribeStreamSummary> {
        let (permit, consumers) = &asked.permits;
        let facts = permit.resource().existing()?;
        let consumers = self.store.read(consumers).scan(&Scan::default())?.len();
        let summary = view::summary(facts, consumers, asked.call.now_ms);
        Ok(DescribeStreamSummaryOutput { stream_description_summary: summary }.into())
    }
}
