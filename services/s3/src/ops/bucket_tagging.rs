use kurodo_gateway::{Authorized, Handler, Reply};

use super::{Answer, setting::record};
use crate::{
    Error, S3,
    layout::Setting,
    model::{DeleteBucketTaggingOutput, GetBucketTaggingOutput, PutBucketTaggingOutput, op},
    tags,
};

impl Handler<op::GetBucketTagging> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::GetBucketTagging>) -> Answer<op::GetBucketTagging> {
        let facts = call.permits.resource().facts()?;
        if facts.tags.is_empty() {
            return Err(Error::NoSuchTagSet(facts.name.clone()));
        }
        Ok(GetBucketTaggingOutput { tag_set: tags::shown(&facts.tags) }.into())
    }
}

impl Handler<op::PutBucketTagging> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::PutBucketTagging>) -> Answer<op::PutBucketTagging> {
        let tags = tags::from_bucket(&call.input.tagging.tag_set)?;
        self.settle(&call.permits, Setting::Tags, Some(record(&tags)?), &[]).await?;
        Ok(Reply::from(PutBucketTaggingOutput {}).with_status(204))
    }
}

impl Handler<op::DeleteBucketTagging> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::DeleteBucketTagging>,
    ) -> Answer<op::DeleteBucketTagging> {
        self.settle(&call.permits, Setting::Tags, None, &[]).await?;
        Ok(DeleteBucketTaggingOutput {}.into())
    }
}
