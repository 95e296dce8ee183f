use kurodo_authz::OneOf;
use kurodo_gateway::Handler;

use super::{Answer, Asked, add_tags_to_stream::called};
use crate::{
    Kinesis,
    model::{TagResourceOutput, op},
    tags::{self, Tagged},
};

impl Handler<op::TagResource> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::TagResource>) -> Answer<op::TagResource> {
        let given = &asked.input.tags;
        match &asked.permits {
            OneOf::First(permit) => {
                let stream = permit.resource();
                let mut definition = stream.existing()?.definition.clone();
                tags::add(&mut definition.tags, given, &Tagged(&called(stream)))?;
                self.redefine(permit, &definition).await?;
            }
            OneOf::Second(permit) => {
                let consumer = permit.resource();
                let mut stored = consumer.existing()?.consumer.clone();
                let called = format!("consumer {} under account {}", consumer.consumer, consumer.account);
                tags::add(&mut stored.tags, given, &Tagged(&called))?;
                self.redefine_consumer(permit, &stored).await?;
            }
        }
        Ok(TagResourceOutput {}.into())
    }
}
