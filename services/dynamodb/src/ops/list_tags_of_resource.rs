use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    DynamoDb, Error,
    model::{ListTagsOfResourceOutput, op},
    tags,
};

impl Handler<op::ListTagsOfResource> for DynamoDb {
    /// All tags are one page.
    async fn handle(&self, asked: Asked<'_, op::ListTagsOfResource>) -> Answer<op::ListTagsOfResource> {
        if asked.input.next_token.is_some() {
            return Err(Error::validation("The provided NextToken is not valid"));
        }
        let definition = asked.permits.resource().by_arn()?;
        let tags = Some(tags::view(&definition.tags));
        Ok(ListTagsOfResourceOutput { tags, next_token: None }.into())
    }
}
