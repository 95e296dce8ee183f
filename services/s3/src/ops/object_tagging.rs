use bytes::Bytes;
use kurodo_authz::{Grant, Write};
use kurodo_gateway::{Authorized, Handler};
use kurodo_store::Version;

use super::Answer;
use crate::{
    Error, S3,
    model::{DeleteObjectTaggingOutput, GetObjectTaggingOutput, PutObjectTaggingOutput, op},
    records::Tags,
    resources::Object,
    tags,
};

impl Handler<op::GetObjectTagging> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::GetObjectTagging>) -> Answer<op::GetObjectTagging> {
        let (permit, _missing) = call.permits;
        let (head, _) = Object::granted(&permit)?;
        Ok(GetObjectTaggingOutput { version_id: None, tag_set: tags::shown(&head.tags()?) }.into())
    }
}

impl Handler<op::PutObjectTagging> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::PutObjectTagging>) -> Answer<op::PutObjectTagging> {
        let Authorized { input, permits: (permit, _missing), .. } = call;
        let tags = tags::from_object(&input.tagging.tag_set)?;
        self.retag(&permit, &tags).await?;
        Ok(PutObjectTaggingOutput { version_id: None }.into())
    }
}

impl Handler<op::DeleteObjectTagging> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::DeleteObjectTagging>,
    ) -> Answer<op::DeleteObjectTagging> {
        let (permit, _missing) = call.permits;
        self.retag(&permit, &Tags::default()).await?;
        Ok(DeleteObjectTaggingOutput { version_id: None }.into())
    }
}

impl S3 {
    async fn retag<G: Grant<Access = Write, Resource = Object>>(
        &self,
        permit: &G,
        tags: &Tags,
    ) -> Result<(), Error> {
        let (head, version) = Object::granted(permit)?;
        let record = head.with(tags, head.rights()?.as_ref())?;
        self.replace(permit, version, record).await
    }

    /// Replaces an object's record, if it is still the one that the decision saw.
    pub(super) async fn replace<G: Grant<Access = Write, Resource = Object>>(
        &self,
        permit: &G,
        seen: Version,
        record: Bytes,
    ) -> Result<(), Error> {
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_version("", seen).put("", record);
        transaction.commit().await?;
        Ok(())
    }
}
