use kurodo_gateway::{Authorized, Handler};

use super::{Answer, described::shown_version};
use crate::{
    S3,
    model::{DeleteObjectTaggingOutput, GetObjectTaggingOutput, PutObjectTaggingOutput, op},
    records::{Change, Tags},
    resources::Object,
    tags,
};

impl Handler<op::GetObjectTagging> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::GetObjectTagging>) -> Answer<op::GetObjectTagging> {
        let (permit, _missing) = call.permits;
        let head = Object::granted(&permit)?;
        let version_id = shown_version(&permit)?;
        Ok(GetObjectTaggingOutput { version_id, tag_set: tags::in_order(&head.tags()?) }.into())
    }
}

impl Handler<op::PutObjectTagging> for S3 {
    async fn handle(&self, call: Authorized<'_, Self, op::PutObjectTagging>) -> Answer<op::PutObjectTagging> {
        let Authorized { input, permits: (permit, _missing), .. } = call;
        let tags = tags::from_object(&input.tagging.tag_set)?;
        self.amend(&permit, Change::Tags(&tags)).await?;
        Ok(PutObjectTaggingOutput { version_id: shown_version(&permit)? }.into())
    }
}

impl Handler<op::DeleteObjectTagging> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::DeleteObjectTagging>,
    ) -> Answer<op::DeleteObjectTagging> {
        let (permit, _missing) = call.permits;
        self.amend(&permit, Change::Tags(&Tags::default())).await?;
        Ok(DeleteObjectTaggingOutput { version_id: shown_version(&permit)? }.into())
    }
}
