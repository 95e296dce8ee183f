use std::sync::Arc;

use super::{
    Finding, Missing, Need,
    asks::{Asks, Either, either},
};
use crate::{
    Error,
    acl::{Asked, asked},
    facts::BucketFacts,
    model::{
        DeleteObjectTaggingInput, GetObjectAclInput, GetObjectAttributesInput, GetObjectInput,
        GetObjectTaggingInput, HeadObjectInput, PutObjectAclInput, PutObjectTaggingInput, RestoreObjectInput,
        SelectObjectContentInput, Tag,
    },
    policy,
    records::Wanted,
    resources::{Bucket, Object, Reach},
    table::action,
};

/// The object that a request names, which should be there. If it is not, only who may list the bucket is told so.
pub(super) fn existing(
    find: &Finding<'_>,
    facts: &Arc<BucketFacts>,
    key: &str,
    version: Option<&String>,
) -> Result<(Object, Missing), Error> {
    let object = Object::existing(find, facts, key, Wanted::asked(version)?)?;
    let missing = missing(find, &object);
    Ok((object, missing))
}

/// The right to know that the object is not there, where it is not.
pub(super) fn missing(find: &Finding<'_>, object: &Object) -> Missing {
    let bucket = || Bucket::existing(find, object.facts(), Reach::Objects);
    (!object.is_there()).then(|| Need::new(bucket()).with("s3:prefix", object.key()))
}

/// The object that an input with the usual members names.
macro_rules! named {
    ($find:expr, $input:expr) => {
        $crate::needs::read::existing(
            $find,
            &$crate::access_points::entered($find, &$input.bucket, &$input.expected_bucket_owner)?,
            &$input.key,
            $input.version_id.as_ref(),
        )
    };
}
pub(super) use named;

macro_rules! reads {
    ($($operation:ident($input:ty): $action:ident or $of_version:ident $(, $whose:ident)?;)*) => {
        $(pub(crate) async fn $operation(
            find: &Finding<'_>,
            input: &$input,
        ) -> Result<(Either<action::$action, action::$of_version>, Missing), Error> {
            let (object, missing) = named!(find, input)?;
            Ok((either(object$(.$whose())?), missing))
        })*
    };
}

reads! {
    get_object_acl(GetObjectAclInput): GetObjectAcl or GetObjectVersionAcl;
    get_object_tagging(GetObjectTaggingInput): GetObjectTagging or GetObjectVersionTagging, of_bucket;
    delete_object_tagging(DeleteObjectTaggingInput): DeleteObjectTagging or DeleteObjectVersionTagging, of_bucket;
}

/// Reading an object's tags, of whichever version.
pub(super) type TagsRead = Option<Either<action::GetObjectTagging, action::GetObjectVersionTagging>>;

type Get = (
    Either<action::GetObject, action::GetObjectVersion>,
    Missing,
    TagsRead,
    Option<Need<action::GetObjectRetention>>,
    Option<Need<action::GetObjectLegalHold>>,
);

/// Who may read an object is told how many tags it has, and how it is locked, if he may read those too.
fn get((object, missing): (Object, Missing)) -> Get {
    let lock = object.lock();
    let tags = object.tags().map(|_| either(object.clone().of_bucket()));
    let retention = lock.retention.map(|_| Need::new(object.clone()));
    let hold = lock.hold.map(|_| Need::new(object.clone()));
    (either(object), missing, tags, retention, hold)
}

pub(crate) async fn get_object(find: &Finding<'_>, input: &GetObjectInput) -> Result<Get, Error> {
    Ok(get(named!(find, input)?))
}

pub(crate) async fn head_object(find: &Finding<'_>, input: &HeadObjectInput) -> Result<Get, Error> {
    Ok(get(named!(find, input)?))
}

/// Restoring an archived object is the bucket's business, whoever put it.
pub(crate) async fn restore_object(
    find: &Finding<'_>,
    input: &RestoreObjectInput,
) -> Result<(Need<action::RestoreObject>, Missing), Error> {
    let (object, missing) = named!(find, input)?;
    Ok((Need::new(object.of_bucket()), missing))
}

/// A query reads the current version, as whoever gets it does.
pub(crate) async fn select_object_content(
    find: &Finding<'_>,
    input: &SelectObjectContentInput,
) -> Result<(Need<action::GetObject>, Missing), Error> {
    let facts = crate::access_points::entered(find, &input.bucket, &input.expected_bucket_owner)?;
    let (object, missing) = existing(find, &facts, &input.key, None)?;
    Ok((Need::new(object), missing))
}

type Attributes = (
    Either<action::GetObject, action::GetObjectVersion>,
    Either<action::GetObjectAttributes, action::GetObjectVersionAttributes>,
    Missing,
);

pub(crate) async fn get_object_attributes(
    find: &Finding<'_>,
    input: &GetObjectAttributesInput,
) -> Result<Attributes, Error> {
    let (object, missing) = named!(find, input)?;
    Ok((either(object.clone()), either(object), missing))
}

type PutTags = Either<action::PutObjectTagging, action::PutObjectVersionTagging>;

pub(crate) async fn put_object_tagging(
    find: &Finding<'_>,
    input: &PutObjectTaggingInput,
) -> Result<(PutTags, Missing), Error> {
    let (object, missing) = named!(find, input)?;
    let pairs = input.tagging.tag_set.iter().map(|Tag { key, value }| (key.as_str(), value.as_str()));
    Ok((with_tags(either(object.of_bucket()), pairs), missing))
}

type PutAcl = Either<action::PutObjectAcl, action::PutObjectVersionAcl>;

pub(crate) async fn put_object_acl(
    find: &Finding<'_>,
    input: &PutObjectAclInput,
) -> Result<(PutAcl, Missing), Error> {
    let (object, missing) = named!(find, input)?;
    let asked = asked!(input, input.grant_write.as_ref(), input.access_control_policy.as_ref())?;
    check_grantees(find, asked.as_ref())?;
    let need = with_acl(either(object), asked.as_ref());
    Ok((with_grants(need, &grants(input)), missing))
}

fn grants(input: &PutObjectAclInput) -> [Option<&String>; 5] {
    [
        input.grant_full_control.as_ref(),
        input.grant_read.as_ref(),
        input.grant_read_acp.as_ref(),
        input.grant_write.as_ref(),
        input.grant_write_acp.as_ref(),
    ]
}

/// `s3:RequestObjectTag/..` and `s3:RequestObjectTagKeys`.
pub(super) fn with_tags<'t, N: Asks>(need: N, tags: impl Iterator<Item = (&'t str, &'t str)>) -> N {
    let mut keys = Vec::new();
    let need = tags.fold(need, |need, (key, value)| {
        keys.push(key.to_owned());
        need.key(format!("s3:RequestObjectTag/{key}"), value)
    });
    need.key("s3:RequestObjectTagKeys", keys)
}

/// Accounts that a request grants rights to must exist.
pub(super) fn check_grantees(find: &Finding<'_>, asked: Option<&Asked>) -> Result<(), Error> {
    let reader = find.stored();
    asked.map_or(Ok(()), |asked| asked.check_accounts(|id| policy::canonical(&reader, id)))
}

/// `s3:x-amz-acl`.
pub(super) fn with_acl<N: Asks>(need: N, asked: Option<&Asked>) -> N {
    need.key_of("s3:x-amz-acl", asked.and_then(Asked::canned).map(|canned| canned.word()))
}

/// `s3:x-amz-grant-*`, in the order of [`grants`].
pub(super) fn with_grants<N: Asks>(need: N, grants: &[Option<&String>; 5]) -> N {
    const KEYS: [&str; 5] = [
        "s3:x-amz-grant-full-control",
        "s3:x-amz-grant-read",
        "s3:x-amz-grant-read-acp",
        "s3:x-amz-grant-write",
        "s3:x-amz-grant-write-acp",
    ];
    KEYS.into_iter().zip(grants).fold(need, |need, (key, grant)| need.key_of(key, grant.map(String::as_str)))
}
