use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Kinesis,
    model::{AddTagsToStreamOutput, op},
    resources::Stream,
    tags::{self, Tagged},
};

impl Handler<op::AddTagsToStream> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::AddTagsToStream>) -> Answer<op::AddTagsToStream> {
        let stream = asked.permits.resource();
        let mut definition = stream.existing()?.definition.clone();
        tags::add(&mut definition.tags, &asked.input.tags, &Tagged(&called(stream)))?;
        self.redefine(&asked.permits, &definition).await?;
        Ok(AddTagsToStreamOutput {}.into())
    }
}

/// A stream as messages about its tags call it.
pub(super) fn called(stream: &Stream) -> String {
    format!("stream {} under account {}", stream.name, stream.account)
}
