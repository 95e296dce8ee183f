use kurodo_authz::OneOf;
use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Kinesis,
    model::{ListTagsForResourceOutput, op},
    tags,
};

impl Handler<op::ListTagsForResource> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::ListTagsForResource>) -> Answer<op::ListTagsForResource> {
        let tags = match &asked.permits {
            OneOf::First(permit) => tags::view(&permit.resource().existing()?.definition.tags),
            OneOf::Second(permit) => tags::view(&permit.resource().existing()?.consumer.tags),
        };
        Ok(ListTagsForResourceOutput { tags: Some(tags) }.into())
    }
}
