use kurodo_gateway::Handler;

use super::{Answer, Asked, add_tags_to_stream::called};
use crate::{
    Kinesis,
    model::{RemoveTagsFromStreamOutput, op},
    tags::{self, Tagged},
};

impl Handler<op::RemoveTagsFromStream> for Kinesis {
    async fn handle(&self, asked: Asked<'_, op::RemoveTagsFromStream>) -> Answer<op::RemoveTagsFromStream> {
        let stream = asked.permits.resource();
        let mut definition = stream.existing()?.definition.clone();
        tags::remove(&mut definition.tags, &asked.input.tag_keys, &Tagged(&called(stream)))?;
        self.redefine(&asked.permits, &definition).await?;
        Ok(RemoveTagsFromStreamOutput {}.into())
    }
}
