use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    DynamoDb,
    model::{UntagResourceOutput, op},
    tags,
};

impl Handler<op::UntagResource> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::UntagResource>) -> Answer<op::UntagResource> {
        tags::check_keys(&asked.input.tag_keys)?;
        let mut definition = asked.permits.resource().definition()?;
        tags::remove(&mut definition.tags, &asked.input.tag_keys);
        self.redefine(&asked.permits, &definition).await?;
        Ok(UntagResourceOutput {}.into())
    }
}
