use kurodo_gateway::{Authorized, Handler};

use super::Answer;
use crate::{
    S3,
    model::{GetBucketVersioningOutput, op},
};

impl Handler<op::GetBucketVersioning> for S3 {
    /// Kurodo has no versions yet: every bucket is one on which versioning was never switched on.
    async fn handle(
        &self,
        _: Authorized<'_, Self, op::GetBucketVersioning>,
    ) -> Answer<op::GetBucketVersioning> {
        Ok(GetBucketVersioningOutput { status: None, mfa_delete: None }.into())
    }
}
