use std::sync::Arc;

use kurodo_authz::Action;

use super::{Finding, Missing, Need};
use crate::{
    Error,
    acl::{Asked, asked},
    facts::BucketFacts,
    model::{
        DeleteObjectTaggingInput, GetObjectAclInput, GetObjectAttributesInput, GetObjectInput,
        GetObjectTaggingInput, HeadObjectInput, PutObjectAclInput, PutObjectTaggingInput, Tag,
    },
    policy,
    resources::{Bucket, Object, Reach, located},
    table::action,
};

/// The action on an object that should be there. If it is not, only who may list the bucket is told so.
pub(super) fn existing<A: Action<Resource = Object>>(
    find: &Finding<'_>,
    facts: &Arc<BucketFacts>,
    key: &str,
) -> Result<(Need<A>, Missing), Error> {
    let object = Object::existing(find, facts, key)?;
    let listing = || Need::new(Bucket::existing(find, facts, Reach::Objects)).with("s3:prefix", key);
    let missing = (!object.is_there()).then(listing);
    Ok((Need::new(object), missing))
}

macro_rules! reads {
    ($($operation:ident($input:ty): $action:ident;)*) => {
        $(pub(crate) async fn $operation(
            find: &Finding<'_>,
            input: &$input,
        ) -> Result<(Need<action::$action>, Missing), Error> {
            existing(find, &located(find, &input.bucket, &input.expected_bucket_owner)?, &input.key)
        })*
    };
}

reads! {
    get_object_acl(GetObjectAclInput): GetObjectAcl;
    get_object_tagging(GetObjectTaggingInput): GetObjectTagging;
    delete_object_tagging(DeleteObjectTaggingInput): DeleteObjectTagging;
}

type Get = (Need<action::GetObject>, Missing, Option<Need<action::GetObjectTagging>>);

/// Who may read an object is told how many tags it has if he may read those too.
fn get(find: &Finding<'_>, facts: &Arc<BucketFacts>, key: &str) -> Result<Get, Error> {
    let (need, missing): (Need<action::GetObject>, _) = existing(find, facts, key)?;
    let tagged = need.resource().has_tags();
    let tags = tagged.then(|| Object::existing(find, facts, key).map(Need::new)).transpose()?;
    Ok((need, missing, tags))
}

pub(crate) async fn get_object(find: &Finding<'_>, input: &GetObjectInput) -> Result<Get, Error> {
    get(find, &located(find, &input.bucket, &input.expected_bucket_owner)?, &input.key)
}

pub(crate) async fn head_object(find: &Finding<'_>, input: &HeadObjectInput) -> Result<Get, Error> {
    get(find, &located(find, &input.bucket, &input.expected_bucket_owner)?, &input.key)
}

pub(crate) async fn get_object_attributes(
    find: &Finding<'_>,
    input: &GetObjectAttributesInput,
) -> Result<(Need<action::GetObject>, Need<action::GetObjectAttributes>, Missing), Error> {
    let facts = located(find, &input.bucket, &input.expected_bucket_owner)?;
    let (get, missing) = existing(find, &facts, &input.key)?;
    Ok((get, Need::new(Object::existing(find, &facts, &input.key)?), missing))
}

pub(crate) async fn put_object_tagging(
    find: &Finding<'_>,
    input: &PutObjectTaggingInput,
) -> Result<(Need<action::PutObjectTagging>, Missing), Error> {
    let facts = located(find, &input.bucket, &input.expected_bucket_owner)?;
    let (need, missing) = existing(find, &facts, &input.key)?;
    let pairs = input.tagging.tag_set.iter().map(|Tag { key, value }| (key.as_str(), value.as_str()));
    Ok((with_tags(need, pairs), missing))
}

pub(crate) async fn put_object_acl(
    find: &Finding<'_>,
    input: &PutObjectAclInput,
) -> Result<(Need<action::PutObjectAcl>, Missing), Error> {
    let facts = located(find, &input.bucket, &input.expected_bucket_owner)?;
    let (need, missing) = existing(find, &facts, &input.key)?;
    let asked = asked!(input, input.grant_write.as_ref(), input.access_control_policy.as_ref())?;
    check_grantees(find, asked.as_ref())?;
    let need = with_acl(need, asked.as_ref());
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
pub(super) fn with_tags<'t, A: Action>(
    need: Need<A>,
    tags: impl Iterator<Item = (&'t str, &'t str)>,
) -> Need<A> {
    let mut keys = Vec::new();
    let need = tags.fold(need, |need, (key, value)| {
        keys.push(key.to_owned());
        need.with(format!("s3:RequestObjectTag/{key}"), value)
    });
    need.with("s3:RequestObjectTagKeys", keys)
}

/// Accounts that a request grants rights to must exist.
pub(super) fn check_grantees(find: &Finding<'_>, asked: Option<&Asked>) -> Result<(), Error> {
    let reader = find.stored();
    asked.map_or(Ok(()), |asked| asked.check_accounts(|id| policy::canonical(&reader, id)))
}

/// `s3:x-amz-acl`.
pub(super) fn with_acl<A: Action>(need: Need<A>, asked: Option<&Asked>) -> Need<A> {
    need.with_some("s3:x-amz-acl", asked.and_then(Asked::canned).map(|canned| canned.word()))
}

/// `s3:x-amz-grant-*`, in the order of [`grants`].
pub(super) fn with_grants<A: Action>(need: Need<A>, grants: &[Option<&String>; 5]) -> Need<A> {
    const KEYS: [&str; 5] = [
        "s3:x-amz-grant-full-control",
        "s3:x-amz-grant-read",
        "s3:x-amz-grant-read-acp",
        "s3:x-amz-grant-write",
        "s3:x-amz-grant-write-acp",
    ];
    KEYS.into_iter()
        .zip(grants)
        .fold(need, |need, (key, grant)| need.with_some(key, grant.map(String::as_str)))
}
