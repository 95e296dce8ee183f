use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    DynamoDb,
    model::{TagResourceOutput, op},
    tags,
};

impl Handler<op::TagResource> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::TagResource>) -> Answer<op::TagResource> {
        tags::check(&asked.input.tags)?;
        let mut definition = asked.permits.resource().by_arn()?;
        tags::add(&mut definition.tags, &asked.input.tags)?;
        self.redefine(&asked.permits, &definition).await?;
        Ok(TagResourceOutput {}.into())
    }
}
