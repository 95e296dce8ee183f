use super::{
    Finding,
    write::{Put, writing},
};
use crate::{
    Error, access_points::entered, acl::asked, kms::asked_encryption, model::CreateMultipartUploadInput,
    object_lock::locking, records::UploadId, resources::Door, tags,
};

/// The new upload gets its id here: the permit is for that upload and no other.
pub(crate) async fn create_multipart_upload(
    find: &Finding<'_>,
    input: &CreateMultipartUploadInput,
) -> Result<Put, Error> {
    let facts = entered(find, &input.bucket, &input.expected_bucket_owner)?;
    let id = UploadId::new(find.call.now_ms)?;
    writing!(find, input).needs(find, &facts, &input.key, Door::Upload(id))
}
