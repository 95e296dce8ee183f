use super::{
    Finding, Need,
    write::{Put, known, writing},
};
use crate::{
    Error,
    acl::asked,
    model::{CompleteMultipartUploadInput, CreateMultipartUploadInput},
    records::UploadId,
    resources::{Door, Object, located},
    table::action,
    tags,
};

/// The new upload gets its id here: the permit is for that upload and no other.
pub(crate) async fn create_multipart_upload(
    find: &Finding<'_>,
    input: &CreateMultipartUploadInput,
) -> Result<Put, Error> {
    let facts = located(find, &input.bucket, &input.expected_bucket_owner)?;
    let id = UploadId::new(find.call.now_ms)?;
    writing!(input).needs(find, &facts, &input.key, Door::Upload(id))
}

type Complete = (Need<action::PutObject>, Need<action::PutObject>, Option<Need<action::GetObject>>);

/// The object's place, to publish it, and the upload, to end it.
pub(crate) async fn complete_multipart_upload(
    find: &Finding<'_>,
    input: &CompleteMultipartUploadInput,
) -> Result<Complete, Error> {
    let facts = located(find, &input.bucket, &input.expected_bucket_owner)?;
    let id = UploadId::parse(&input.upload_id).ok_or_else(|| Error::NoSuchUpload(input.upload_id.clone()))?;
    let need = |door| {
        let need = Need::new(Object::place(find, &facts, &input.key, door)?);
        let need = need.with_some("s3:if-match", input.if_match.as_deref());
        Ok::<_, Error>(need.with_some("s3:if-none-match", input.if_none_match.as_deref()))
    };
    let known = known(find, &facts, &input.key, input.if_match.as_deref())?;
    Ok((need(Door::Content)?, need(Door::Upload(id))?, known))
}
