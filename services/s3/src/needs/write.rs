use std::sync::Arc;

use kurodo_authz::Action;

use super::{
    Finding, Need,
    asks::with_lock,
    read::{check_grantees, with_acl, with_grants, with_tags},
};
use crate::{
    Error,
    access_points::entered,
    acl::{Asked, asked},
    facts::BucketFacts,
    kms::{Asked as Encryption, asked_encryption},
    model::PutObjectInput,
    object_lock::locking,
    ops::owner_of_new,
    records::{Lock, Tags},
    resources::{Door, Object},
    table::action,
    tags,
};

/// The key of KMS that the request names.
pub(super) const KMS_KEY: &str = "s3:x-amz-server-side-encryption-aws-kms-key-id";

/// What a request that puts an object says that conditions may be on.
pub(super) struct Writing<'a> {
    pub(super) acl: Option<Asked>,
    pub(super) grants: [Option<&'a String>; 5],
    pub(super) tags: Option<Tags>,
    pub(super) lock: Lock,
    /// The encryption that it asks for.
    pub(super) encryption: Encryption<'a>,
    /// Further keys, present or not.
    pub(super) keys: Vec<(&'static str, Option<&'a str>)>,
}

/// Reads it from an input that has all of its members.
macro_rules! writing {
    ($find:expr, $input:expr) => {
        $crate::needs::write::Writing {
            acl: asked!($input, None, None)?,
            grants: [
                $input.grant_full_control.as_ref(),
                $input.grant_read.as_ref(),
                $input.grant_read_acp.as_ref(),
                None,
                $input.grant_write_acp.as_ref(),
            ],
            tags: $input.tagging.as_deref().map(tags::from_header).transpose()?,
            lock: locking!($input, $find.call.now_ms)?,
            encryption: asked_encryption!($input, None::<()>),
            keys: vec![
                ("s3:x-amz-server-side-encryption", $input.server_side_encryption.map(|word| word.as_str())),
                (
                    "s3:x-amz-server-side-encryption-customer-algorithm",
                    $input.sse_customer_algorithm.as_deref(),
                ),
                ("s3:x-amz-storage-class", $input.storage_class.map(|word| word.as_str())),
                ("s3:x-amz-website-redirect-location", $input.website_redirect_location.as_deref()),
            ],
        }
    };
}
pub(super) use writing;

/// What putting an object needs.
pub(super) type Put = (
    Need<action::PutObject>,
    Option<Need<action::PutObjectAcl>>,
    Option<Need<action::PutObjectTagging>>,
    Option<Need<action::PutObjectRetention>>,
    Option<Need<action::PutObjectLegalHold>>,
);

impl<'a> Writing<'a> {
    /// With these tags in place of those that the request names.
    pub(super) fn tagged(self, tags: Option<Tags>) -> Self {
        Self { tags, ..self }
    }

    /// With a further key.
    pub(super) fn key(mut self, name: &'static str, value: Option<&'a str>) -> Self {
        self.keys.push((name, value));
        self
    }

    /// What putting the object needs; `door` is what the permit to put reaches.
    pub(super) fn needs(
        &self,
        find: &Finding<'_>,
        facts: &Arc<BucketFacts>,
        key: &str,
        door: Door,
    ) -> Result<Put, Error> {
        check_grantees(find, self.acl.as_ref())?;
        let at = |door| Object::at(find, facts, key, door);
        // Of its list decides whoever will own it.
        let owned = |asked| {
            let owner = owner_of_new(Some(asked), facts, find.call)?;
            Ok::<_, Error>(at(Door::Content)?.owned_by(owner))
        };
        let whole = door == Door::Content;
        let (put, lock) = (self.described(at(door)?.creating(whole), find), &self.lock);
        let acl = self.acl.as_ref().map(owned).transpose()?;
        let tags = self.tags.as_ref().filter(|tags| !tags.is_empty());
        let tags = tags.map(|_| at(Door::Content)).transpose()?;
        let retention = lock.retention.map(|_| at(Door::Content)).transpose()?;
        let hold = lock.hold.map(|_| at(Door::Content)).transpose()?;
        Ok((
            put,
            acl.map(|object| self.described(object, find)),
            tags.map(|object| self.described(object, find)),
            retention.map(|object| self.described(object, find)),
            hold.map(|object| self.described(object, find)),
        ))
    }

    fn described<A: Action<Resource = Object>>(&self, object: Object, find: &Finding<'_>) -> Need<A> {
        let kms_key = self.encryption.arn(&object.facts().region, find.call.account());
        let need = Need::new(object);
        let need = self.keys.iter().fold(need, |need, (name, value)| need.with_some(*name, *value));
        let need = with_grants(with_acl(need, self.acl.as_ref()), &self.grants);
        let need = with_lock(need, &self.lock, find.call.now_ms);
        let need = need.with_some(KMS_KEY, kms_key);
        match &self.tags {
            Some(tags) => with_tags(need, tags.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))),
            None => need,
        }
    }
}

/// Writing where a certain object is needs to be allowed to know the object.
///
/// Source: S3 User Guide, "Add preconditions to S3 operations with conditional requests".
pub(super) fn known(
    find: &Finding<'_>,
    facts: &Arc<BucketFacts>,
    key: &str,
    if_match: Option<&str>,
) -> Result<Option<Need<action::GetObject>>, Error> {
    if_match.map(|_| Object::existing(find, facts, key, None).map(Need::new)).transpose()
}

type PutObject = (
    Need<action::PutObject>,
    Option<Need<action::PutObjectAcl>>,
    Option<Need<action::PutObjectTagging>>,
    Option<Need<action::PutObjectRetention>>,
    Option<Need<action::PutObjectLegalHold>>,
    Option<Need<action::GetObject>>,
);

pub(crate) async fn put_object(find: &Finding<'_>, input: &PutObjectInput) -> Result<PutObject, Error> {
    let facts = entered(find, &input.bucket, &input.expected_bucket_owner)?;
    let writing = writing!(find, input)
        .key("s3:if-match", input.if_match.as_deref())
        .key("s3:if-none-match", input.if_none_match.as_deref());
    let (put, acl, tagging, retention, hold) = writing.needs(find, &facts, &input.key, Door::Content)?;
    let known = known(find, &facts, &input.key, input.if_match.as_deref())?;
    Ok((put, acl, tagging, retention, hold, known))
}
