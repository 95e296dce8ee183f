use std::sync::Arc;

use super::{
    Finding, Missing, Need,
    read::existing,
    write::{known, writing},
};
use crate::{
    Error,
    acl::asked,
    copy_source::CopySource,
    facts::BucketFacts,
    model::{CopyObjectInput, MetadataDirective, TaggingDirective, UploadPartCopyInput},
    ops::owner_of_new,
    resources::{Door, Object, located, upload},
    table::action,
    tags,
};

type Copy = (
    Need<action::GetObject>,
    Missing,
    Option<Need<action::GetObjectTagging>>,
    Need<action::PutObject>,
    Option<Need<action::PutObjectAcl>>,
    Option<Need<action::PutObjectTagging>>,
    Option<Need<action::GetObject>>,
);

/// A copy reads its source and puts its target; it takes the tags along, unless it is given others.
pub(crate) async fn copy_object(find: &Finding<'_>, input: &CopyObjectInput) -> Result<Copy, Error> {
    let source = CopySource::parse(&input.copy_source)?;
    let from = located(find, &source.bucket, &input.expected_source_bucket_owner)?;
    let to = located(find, &input.bucket, &input.expected_bucket_owner)?;
    let (get, missing): (Need<action::GetObject>, Missing) = existing(find, &from, &source.key)?;

    let takes_tags = input.tagging_directive != Some(TaggingDirective::Replace) && get.resource().has_tags();
    let tags_read =
        takes_tags.then(|| Object::existing(find, &from, &source.key).map(Need::new)).transpose()?;

    let source_text = format!("{}/{}", source.bucket, source.key);
    let writing = writing!(input)
        .key("s3:x-amz-copy-source", Some(&source_text))
        .key("s3:x-amz-metadata-directive", input.metadata_directive.map(MetadataDirective::as_str))
        .key("s3:if-match", input.if_match.as_deref())
        .key("s3:if-none-match", input.if_none_match.as_deref());
    let (put, acl, tagging) = writing.needs(find, &to, &input.key, Door::Content)?;
    let tagging = match (tagging, takes_tags) {
        (None, true) => {
            let owner = owner_of_new(writing.acl.as_ref(), &to, find.call)?;
            Some(Need::new(Object::at(find, &to, &input.key, Door::Content)?.owned_by(owner)))
        }
        (tagging, _) => tagging,
    };
    let known = known(find, &to, &input.key, input.if_match.as_deref())?;
    Ok((get, missing, tags_read, put, acl, tagging, known))
}

pub(crate) async fn upload_part_copy(
    find: &Finding<'_>,
    input: &UploadPartCopyInput,
) -> Result<(Need<action::GetObject>, Missing, Need<action::PutObject>), Error> {
    let source = CopySource::parse(&input.copy_source)?;
    let from: Arc<BucketFacts> = located(find, &source.bucket, &input.expected_source_bucket_owner)?;
    let (get, missing) = existing(find, &from, &source.key)?;
    let to = upload(find, &input.bucket, &input.key, &input.upload_id, &input.expected_bucket_owner).await?;
    let source_text = format!("{}/{}", source.bucket, source.key);
    Ok((get, missing, Need::new(to).with("s3:x-amz-copy-source", source_text)))
}
