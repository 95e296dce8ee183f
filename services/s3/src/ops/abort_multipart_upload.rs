use kurodo_authz::{Grant, Write};
use kurodo_gateway::{Authorized, Handler};

use super::{
    Answer,
    uploads::{Underway, is_over},
};
use crate::{
    Error, S3,
    model::{AbortMultipartUploadOutput, op},
    resources::Object,
};

impl Handler<op::AbortMultipartUpload> for S3 {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::AbortMultipartUpload>,
    ) -> Answer<op::AbortMultipartUpload> {
        let permit = &call.permits;
        self.abort(permit).await?;
        let request_charged = permit.resource().charged();
        Ok(AbortMultipartUploadOutput { request_charged, ..AbortMultipartUploadOutput::default() }.into())
    }
}

impl S3 {
    /// Ends an upload without an object.
    pub(super) async fn abort<G>(&self, permit: &G) -> Result<(), Error>
    where
        G: Grant<Access = Write, Resource = Object> + Sync,
    {
        let writer = self.store.write(permit);
        let underway = Underway::read(&writer, permit)?;
        let mut transaction = writer.transaction();
        transaction.expect_version("", underway.version).delete("");
        transaction.commit().await.map_err(|error| match is_over(&error) {
            true => Error::NoSuchUpload(underway.id.to_string()),
            false => error.into(),
        })?;
        // Nothing can be added any more.
        self.clear_upload(permit).await
    }
}
