use super::{
    Finding, Missing, Need,
    asks::{Either, either},
    read::{TagsRead, missing},
    write::{known, writing},
};
use crate::{
    Error,
    access_points::entered,
    acl::asked,
    copy_source::CopySource,
    kms::asked_encryption,
    model::{CopyObjectInput, MetadataDirective, TaggingDirective, UploadPartCopyInput},
    object_lock::locking,
    resources::{Door, Object, upload},
    table::action,
    tags,
};

type Copy = (
    Either<action::GetObject, action::GetObjectVersion>,
    Missing,
    TagsRead,
    Need<action::PutObject>,
    Option<Need<action::PutObjectAcl>>,
    Option<Need<action::PutObjectTagging>>,
    Option<Need<action::PutObjectRetention>>,
    Option<Need<action::PutObjectLegalHold>>,
    Option<Need<action::GetObject>>,
);

/// A copy reads its source and puts its target; it takes the tags along, unless it is given others. Conditions on the
/// tags of the request see those that the copy gets, wherever they come from.
pub(crate) async fn copy_object(find: &Finding<'_>, input: &CopyObjectInput) -> Result<Copy, Error> {
    let source = CopySource::parse(&input.copy_source)?;
    let (from, missing) = found(find, &source, &input.expected_source_bucket_owner)?;
    let to = entered(find, &input.bucket, &input.expected_bucket_owner)?;
    let given = input.tagging_directive == Some(TaggingDirective::Replace);

    let source_text = source.condition(&from.facts().name);
    let asked = writing!(find, input);
    let tags = if given { asked.tags.clone() } else { from.tags().cloned() };
    let writing = asked
        .tagged(tags)
        .key("s3:x-amz-copy-source", Some(&source_text))
        .key("s3:x-amz-metadata-directive", input.metadata_directive.map(MetadataDirective::as_str))
        .key("s3:if-match", input.if_match.as_deref())
        .key("s3:if-none-match", input.if_none_match.as_deref());
    let (put, acl, tagging, retention, hold) = writing.needs(find, &to, &input.key, Door::Content)?;
    let known = known(find, &to, &input.key, input.if_match.as_deref())?;
    let tags_read = (!given && from.tags().is_some()).then(|| either(from.clone()));
    Ok((either(from), missing, tags_read, put, acl, tagging, retention, hold, known))
}

type CopyPart = (Either<action::GetObject, action::GetObjectVersion>, Missing, Need<action::PutObject>);

pub(crate) async fn upload_part_copy(
    find: &Finding<'_>,
    input: &UploadPartCopyInput,
) -> Result<CopyPart, Error> {
    let source = CopySource::parse(&input.copy_source)?;
    let (from, missing) = found(find, &source, &input.expected_source_bucket_owner)?;
    let to = upload(find, &input.bucket, &input.key, &input.upload_id, &input.expected_bucket_owner).await?;
    let copied = source.condition(&from.facts().name);
    Ok((either(from), missing, Need::new(to).with("s3:x-amz-copy-source", copied)))
}

/// What is to be copied.
fn found(
    find: &Finding<'_>,
    source: &CopySource,
    expected_owner: &Option<String>,
) -> Result<(Object, Missing), Error> {
    source.check_region(find.region().as_str())?;
    let from = entered(find, &source.bucket, expected_owner)?;
    let object = Object::existing(find, &from, &source.key, source.version)?;
    let missing = missing(find, &object);
    Ok((object, missing))
}
