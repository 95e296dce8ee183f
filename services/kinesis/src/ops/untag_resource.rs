use kurodo_authz::OneOf;
use kurodo_gateway::Handler;

use super::{Answer, Asked, add_tags_to_stream::called};
use crate::{
    Kinesis,
    model::{UntagResourceOutput, op},
    tags::{self, Tagged},
};

impl Handler<op::UntagResource> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::UntagResource>) -> Answer<op::UntagResource> {
        let keys = &asked.input.tag_keys;
        match &asked.permits {
            OneOf::First(permit) => {
                let stream = permit.resource();
                let mut definition = stream.existing()?.definition.clone();
                tags::remove(&mut definition.tags, keys, &Tagged(&called(stream)))?;
                self.redefine(permit, &definition).await?;
            }
            OneOf::Second(permit) => {
                let consumer = permit.resource();
                let mut stored = consumer.existing()?.consumer.clone();
                let called = format!("consumer {} under account {}", consumer.consumer, consumer.account);
                tags::remove(&mut stored.tags, keys, &Tagged(&called))?;
                self.redefine_consumer(permit, &stored).await?;
            }
        }
        Ok(UntagResourceOutput {}.into())
    }
}
