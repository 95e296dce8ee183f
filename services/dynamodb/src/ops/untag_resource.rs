use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    DynamoDb,
    model::{UntagResourceOutput, op},
    plan::Refusal,
    tags,
};

impl Handler<op::UntagResource> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::UntagResource>) -> Answer<op::UntagResource> {
        tags::check_keys(&asked.input.tag_keys)?;
        let found = asked.permits.resource().facts().ok_or(Refusal::NoTable)?;
        let mut definition = found.definition.clone();
        tags::remove(&mut definition.tags, &asked.input.tag_keys);
        self.redefine(&asked.permits, &definition).await?;
        Ok(UntagResourceOutput {}.into())
    }
}
