//! The tags of a key.

use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Kms,
    key::Key as Stored,
    model::{ListResourceTagsOutput, TagResourceOutput, UntagResourceOutput, op},
    pages::Page,
    tags,
};

impl Handler<op::TagResource> for Kms {
    async fn handle(&self, asked: Asked<'_, op::TagResource>) -> Answer<op::TagResource> {
        let permit = &asked.permits;
        let mut key = Stored::clone(&permit.resource().living()?.key);
        tags::add(&mut key.tags, &asked.input.tags)?;
        self.redefine(permit, &key).await?;
        Ok(TagResourceOutput {}.into())
    }
}

impl Handler<op::UntagResource> for Kms {
    async fn handle(&self, asked: Asked<'_, op::UntagResource>) -> Answer<op::UntagResource> {
        let permit = &asked.permits;
        let mut key = Stored::clone(&permit.resource().living()?.key);
        key.tags.retain(|(name, _)| !asked.input.tag_keys.contains(name));
        self.redefine(permit, &key).await?;
        Ok(UntagResourceOutput {}.into())
    }
}

impl Handler<op::ListResourceTags> for Kms {
    async fn handle(&self, asked: Asked<'_, op::ListResourceTags>) -> Answer<op::ListResourceTags> {
        let tags = &asked.permits.resource().existing()?.key.tags;
        let all = tags.iter().map(|tag| (tag.0.clone(), tags::view(tag)));
        let page = Page::of(all, asked.input.marker.as_deref(), asked.input.limit, 50)?;
        let truncated = Some(page.truncated());
        Ok(ListResourceTagsOutput { tags: Some(page.items), next_marker: page.next, truncated }.into())
    }
}
