use kurodo_authz::Action;

use super::{
    Finding, Need,
    read::{check_grantees, with_acl, with_grants},
};
use crate::{
    Error,
    access_points::unlabelled,
    acl::{Asked, asked},
    model::{CreateBucketInput, GetBucketPolicyInput, PutBucketAclInput, PutBucketPolicyInput, Tag},
    names,
    policy::Names,
    resources::{Bucket, bucket, policy_of},
    table::action,
};

type Create = (
    Need<action::CreateBucket>,
    Option<Need<action::PutBucketAcl>>,
    Option<Need<action::PutBucketVersioning>>,
    Option<Need<action::PutBucketObjectLockConfiguration>>,
    Option<Need<action::PutBucketOwnershipControls>>,
    Option<Need<action::TagResource>>,
);

/// A bucket is made in the caller's account, and its settings are given in the same request.
pub(crate) async fn create_bucket(find: &Finding<'_>, input: &CreateBucketInput) -> Result<Create, Error> {
    names::check_new(&input.bucket)?;
    let account = find.account().ok_or(Error::AccessDenied("Access Denied".into()))?;
    let location = input.create_bucket_configuration.as_ref().and_then(|config| config.location_constraint);
    let asked = asked!(input, input.grant_write.as_ref(), None)?;
    let grants = [
        input.grant_full_control.as_ref(),
        input.grant_read.as_ref(),
        input.grant_read_acp.as_ref(),
        input.grant_write.as_ref(),
        input.grant_write_acp.as_ref(),
    ];
    check_grantees(find, asked.as_ref())?;
    let unlabelled = unlabelled(find, &input.bucket)?;
    let wanted = || Bucket::wanted(&input.bucket, account).unlabelled(unlabelled.clone());
    let create = described(Need::new(wanted()), asked.as_ref(), &grants)
        .with_some("s3:LocationConstraint", location.map(|region| region.as_str()))
        .with_some("s3:x-amz-object-ownership", input.object_ownership.map(|word| word.as_str()));
    let acl = asked.as_ref().map(|_| described(Need::new(wanted()), asked.as_ref(), &grants));
    let locks = input.object_lock_enabled_for_bucket.unwrap_or_default();
    let (versioning, lock) = (locks.then(|| Need::new(wanted())), locks.then(|| Need::new(wanted())));
    let ownership = input.object_ownership.map(|_| Need::new(wanted()));
    let tags = tags_of_new(input);
    let create = with_request_tags(create, tags);
    let tagging = (!tags.is_empty()).then(|| with_request_tags(Need::new(wanted()), tags));
    Ok((create, acl, versioning, lock, ownership, tagging))
}

/// The tags that a bucket is made with.
pub(crate) fn tags_of_new(input: &CreateBucketInput) -> &[Tag] {
    input.create_bucket_configuration.as_ref().and_then(|config| config.tags.as_deref()).unwrap_or_default()
}

/// `aws:RequestTag/..` and `aws:TagKeys`.
fn with_request_tags<A: Action>(need: Need<A>, tags: &[Tag]) -> Need<A> {
    if tags.is_empty() {
        return need;
    }
    let keys: Vec<_> = tags.iter().map(|tag| tag.key.clone()).collect();
    let tagged =
        |need: Need<A>, tag: &Tag| need.with(format!("aws:RequestTag/{}", tag.key), tag.value.as_str());
    tags.iter().fold(need, tagged).with("aws:TagKeys", keys)
}

/// The policy is shown with its principals' names of today.
pub(crate) async fn get_bucket_policy(
    find: &Finding<'_>,
    input: &GetBucketPolicyInput,
) -> Result<Need<action::GetBucketPolicy>, Error> {
    let bucket = policy_of(find, &input.bucket, &input.expected_bucket_owner).await?;
    let kept = bucket.facts()?.policy.as_ref().map(|policy| policy.whole.policy.source());
    let names = Names::shown(&find.stored(), kept.unwrap_or_default())?;
    Ok(Need::new(bucket.with_names(names)))
}

/// The policy is kept with what its principals stand for.
pub(crate) async fn put_bucket_policy(
    find: &Finding<'_>,
    input: &PutBucketPolicyInput,
) -> Result<Need<action::PutBucketPolicy>, Error> {
    let bucket = policy_of(find, &input.bucket, &input.expected_bucket_owner).await?;
    let names = Names::kept(&find.stored(), &input.policy)?;
    Ok(Need::new(bucket.with_names(names)))
}

pub(crate) async fn put_bucket_acl(
    find: &Finding<'_>,
    input: &PutBucketAclInput,
) -> Result<Need<action::PutBucketAcl>, Error> {
    let bucket = bucket(find, &input.bucket, &input.expected_bucket_owner).await?;
    let asked = asked!(input, input.grant_write.as_ref(), input.access_control_policy.as_ref())?;
    let grants = [
        input.grant_full_control.as_ref(),
        input.grant_read.as_ref(),
        input.grant_read_acp.as_ref(),
        input.grant_write.as_ref(),
        input.grant_write_acp.as_ref(),
    ];
    check_grantees(find, asked.as_ref())?;
    Ok(described(Need::new(bucket), asked.as_ref(), &grants))
}

fn described<A: Action>(need: Need<A>, asked: Option<&Asked>, grants: &[Option<&String>; 5]) -> Need<A> {
    with_grants(with_acl(need, asked), grants)
}
