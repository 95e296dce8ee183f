use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Kinesis,
    model::{ConsumerDescription, DescribeStreamConsumerOutput, op},
    view,
};

impl Handler<op::DescribeStreamConsumer> for Kinesis {
    async fn handle(
        &self,
        asked: Asked<'_, op::DescribeStreamConsumer>,
    ) -> Answer<op::DescribeStreamConsumer> {
        let resource = asked.permits.resource();
        let (facts, name) = (resource.existing()?, resource.consumer_name());
        let (stream, consumer) = (&name.stream, &facts.consumer);
        let consumer_description = ConsumerDescription {
            consumer_name: name.name.clone(),
            consumer_arn: view::consumer_arn(stream, &name.name, consumer),
            consumer_status: view::consumer_status(consumer, asked.call.now_ms),
            consumer_creation_timestamp: view::whole_seconds(consumer.created),
            stream_arn: stream.arn(),
        };
        Ok(DescribeStreamConsumerOutput { consumer_description }.into())
    }
}
