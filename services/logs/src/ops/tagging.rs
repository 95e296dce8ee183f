use kurodo_authz::{Action, Permit, Write};
use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Error, Logs,
    model::{
        ListTagsForResourceOutput, ListTagsLogGroupOutput, TagLogGroupOutput, TagResourceOutput,
        UntagLogGroupOutput, UntagResourceOutput, op,
    },
    resources::Tagged,
    tags,
};

type Tags = Vec<(String, String)>;

impl Logs {
    /// Changes the tags of a group.
    async fn retag<A: Action<Access = Write, Resource = Tagged>>(
        &self,
        permit: &Permit<'_, A>,
        change: impl FnOnce(&mut Tags, &str) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let facts = permit.resource().existing()?;
        let mut definition = facts.definition.clone();
        change(&mut definition.tags, &facts.name.arn())?;
        self.redefine(permit, facts, &definition).await
    }
}

impl Handler<op::TagLogGroup> for Logs {
    async fn handle(&self, asked: Asked<'_, op::TagLogGroup>) -> Answer<op::TagLogGroup> {
        self.retag(&asked.permits, |known, arn| tags::add(known, &asked.input.tags, arn)).await?;
        Ok(TagLogGroupOutput::default().into())
    }
}

impl Handler<op::TagResource> for Logs {
    async fn handle(&self, asked: Asked<'_, op::TagResource>) -> Answer<op::TagResource> {
        self.retag(&asked.permits, |known, arn| tags::add(known, &asked.input.tags, arn)).await?;
        Ok(TagResourceOutput::default().into())
    }
}

impl Handler<op::UntagLogGroup> for Logs {
    async fn handle(&self, asked: Asked<'_, op::UntagLogGroup>) -> Answer<op::UntagLogGroup> {
        let remove = |known: &mut Tags, _: &str| {
            tags::remove(known, &asked.input.tags);
            Ok(())
        };
        self.retag(&asked.permits, remove).await?;
        Ok(UntagLogGroupOutput::default().into())
    }
}

impl Handler<op::UntagResource> for Logs {
    async fn handle(&self, asked: Asked<'_, op::UntagResource>) -> Answer<op::UntagResource> {
        let remove = |known: &mut Tags, _: &str| {
            tags::remove(known, &asked.input.tag_keys);
            Ok(())
        };
        self.retag(&asked.permits, remove).await?;
        Ok(UntagResourceOutput::default().into())
    }
}

impl Handler<op::ListTagsLogGroup> for Logs {
    async fn handle(&self, asked: Asked<'_, op::ListTagsLogGroup>) -> Answer<op::ListTagsLogGroup> {
        let facts = asked.permits.resource().existing()?;
        Ok(ListTagsLogGroupOutput { tags: Some(tags::view(&facts.definition.tags)) }.into())
    }
}

impl Handler<op::ListTagsForResource> for Logs {
    async fn handle(&self, asked: Asked<'_, op::ListTagsForResource>) -> Answer<op::ListTagsForResource> {
        let facts = asked.permits.resource().existing()?;
        Ok(ListTagsForResourceOutput { tags: Some(tags::view(&facts.definition.tags)) }.into())
    }
}
