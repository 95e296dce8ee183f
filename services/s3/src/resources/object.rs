use std::{borrow::Cow, sync::Arc};

use bytes::Bytes;
use kurodo_arn::AccountId;
use kurodo_authz::{Grant, Resource, Scope};
use kurodo_gateway::Find;
use kurodo_policy::{Attached, Context, Principal, PrincipalKind};
use kurodo_store::{Version, Versioned};

use super::{Counts, charged, located};
use crate::{
    Error, S3,
    acl::{self, Acl, On},
    facts::BucketFacts,
    layout,
    model::RequestCharged,
    names,
    records::{Head, Owner, Ownership, Tags, Upload, UploadId},
};

/// An object: one that is there, one that is to be put, or a multipart upload that will become one.
pub struct Object {
    pub(crate) bucket: String,
    pub(crate) key: String,
    facts: Arc<BucketFacts>,
    door: Door,
    counts: Counts,
    acls: bool,
    found: Option<Box<Found>>,
    charged: Option<RequestCharged>,
    /// Who will own it once it is put, where that counts.
    maker: Option<Box<Owner>>,
    /// Who began the upload.
    initiator: Option<Box<Owner>>,
}

/// What a permit for the object reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// The object.
    Content,
    /// One multipart upload to its key.
    Upload(UploadId),
}

/// An object that is there, as the decision sees it. The answer is made from the same record: what was allowed for one
/// version of an object is never done with another.
struct Found {
    head: Head,
    version: Version,
    tags: Tags,
    /// Owner and list, where they are not the bucket's owner's.
    rights: Option<(Owner, Acl)>,
}

impl Object {
    /// The place of a key in a bucket. Whatever is there belongs, for this request, to the bucket's owner: who may put
    /// or delete is the bucket's business.
    pub(crate) fn at(
        find: &Find<'_, S3>,
        facts: &Arc<BucketFacts>,
        key: &str,
        door: Door,
    ) -> Result<Self, Error> {
        names::check_key(key)?;
        let counts = Counts::Whole.restricted(facts, &find.call.caller.principal);
        Ok(Self {
            bucket: facts.name.clone(),
            key: key.to_owned(),
            facts: Arc::clone(facts),
            door,
            counts,
            acls: counts != Counts::Nothing,
            found: None,
            charged: charged(find, facts)?,
            maker: None,
            initiator: None,
        })
    }

    /// The object as its maker's, who decides of its list and tags from the beginning: the bucket's policy only denies.
    ///
    /// Source: S3 User Guide, "Bucket owner granting permissions to objects it does not own".
    pub(crate) fn owned_by(mut self, owner: Owner) -> Self {
        if owner.account() != Some(self.facts.account) && self.counts == Counts::Whole {
            self.counts = Counts::Denials;
        }
        self.maker = Some(Box::new(owner));
        self
    }

    /// The object with this key. If there is none, it is as if it belonged to the bucket's owner.
    pub(crate) fn existing(find: &Find<'_, S3>, facts: &Arc<BucketFacts>, key: &str) -> Result<Self, Error> {
        let mut object = Self::at(find, facts, key, Door::Content)?;
        let record = find.stored().get(layout::object(facts.id, key).prefix())?;
        let lists_count = facts.ownership() != Ownership::Enforced;
        object.found = record.map(|record| Found::read(record, lists_count).map(Box::new)).transpose()?;
        let foreign = object.rights().is_some_and(|(owner, _)| owner.account() != Some(facts.account));
        if foreign && object.counts == Counts::Whole {
            object.counts = Counts::Denials;
        }
        Ok(object)
    }

    /// Whether there is such an object.
    pub(crate) fn is_there(&self) -> bool {
        self.found.is_some()
    }

    /// Whether there is such an object, and it has tags.
    pub(crate) fn has_tags(&self) -> bool {
        self.found.as_ref().is_some_and(|found| !found.tags.is_empty())
    }

    /// Whether who asks pays.
    pub(crate) fn charged(&self) -> Option<RequestCharged> {
        self.charged
    }

    /// The bucket that it is in.
    pub(crate) fn facts(&self) -> &Arc<BucketFacts> {
        &self.facts
    }

    /// Where its record lies; content that is sealed in it opens nowhere else.
    pub(crate) fn lies_at(&self) -> Scope {
        self.scope()
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// The upload that the permit is for.
    pub(crate) fn upload_id(&self) -> Option<UploadId> {
        match self.door {
            Door::Upload(id) => Some(id),
            Door::Content => None,
        }
    }

    /// What was found, to whoever holds a permit for it.
    pub(crate) fn granted<G: Grant<Resource = Self>>(permit: &G) -> Result<(&Head, Version), Error> {
        let object = permit.resource();
        let found = object.found.as_ref().ok_or_else(|| Error::NoSuchKey(object.key.clone()))?;
        Ok((&found.head, found.version))
    }

    /// The list that counts, what it is on, and the owner of that: the object's, or where there is none, the bucket's,
    /// which says who may put one.
    fn list(&self) -> Option<(Cow<'_, Acl>, On, &Owner)> {
        if !self.acls {
            return None;
        }
        match &self.found {
            Some(_) => self.rights().map(|(owner, acl)| (Cow::Borrowed(acl), On::Object, owner)),
            None => Some((Cow::Owned(self.facts.acl()), On::Nothing, &self.facts.owner)),
        }
    }

    /// Whether this principal's account began the upload, and the action is one that it may do therefore.
    ///
    /// Source: S3 User Guide, "Multipart upload API and permissions".
    fn began(&self, action: &str, principal: &Principal) -> bool {
        let allowed = ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"].contains(&action);
        let initiator = self.initiator.as_deref().filter(|_| allowed && self.counts != Counts::Nothing);
        initiator.is_some_and(|owner| principal.canonical_id.as_ref() == Some(&owner.canonical_id))
    }

    /// Owner and list of an object that is not all the bucket owner's.
    fn rights(&self) -> Option<&(Owner, Acl)> {
        self.found.as_ref()?.rights.as_ref()
    }
}

impl Found {
    fn read(record: Versioned<Bytes>, lists_count: bool) -> Result<Self, Error> {
        let head = Head::read(&record.value)?;
        let (tags, rights) = (head.tags()?, if lists_count { head.rights()? } else { None });
        Ok(Self { head, version: record.version, tags, rights })
    }
}

impl Resource for Object {
    fn owner(&self) -> AccountId {
        match self.maker.as_deref().or_else(|| self.rights().map(|(owner, _)| owner)) {
            // To those who are kept out of the bucket it does not help that they put the object.
            Some(owner) if self.counts != Counts::Nothing => owner.account().unwrap_or(AccountId::NOBODY),
            _ => self.facts.account,
        }
    }

    fn scope(&self) -> Scope {
        match self.door {
            Door::Content => layout::object(self.facts.id, &self.key),
            Door::Upload(id) => layout::upload(self.facts.id, &self.key, id),
        }
    }

    fn policy(&self) -> Option<&Attached> {
        self.counts.of(&self.facts)
    }

    fn grant(&self, action: &str, principal: &Principal) -> Option<String> {
        if self.began(action, principal) {
            return Some("who began the upload may end it".to_owned());
        }
        let (acl, on, owner) = self.list()?;
        acl::grant(&acl, on, action, principal, &owner.canonical_id)
    }

    fn public_grant(&self, action: &str, principal: &Principal) -> Option<String> {
        let nobodys = self.maker.as_ref().is_some_and(|owner| owner.account().is_none());
        if nobodys && self.acls && principal.kind == PrincipalKind::Anonymous {
            return Some("who puts an object owns it".to_owned());
        }
        let (acl, on, _) = self.list().filter(|_| !self.facts.blocks().ignore_acls)?;
        acl::public_grant(&acl, on, action, principal)
    }

    fn describe(&self, context: &mut Context) {
        context.set("s3:ResourceAccount", self.facts.account.to_string());
        for (key, value) in self.found.iter().flat_map(|found| &found.tags.0) {
            context.set(format!("s3:ExistingObjectTag/{key}"), value.as_str());
        }
    }
}

/// The place of a key in a bucket, whatever is there.
///
/// # Errors
/// No such bucket; a key that no object can have.
pub async fn place(
    find: &Find<'_, S3>,
    bucket: &str,
    key: &str,
    expected_owner: &Option<String>,
) -> Result<Object, Error> {
    Object::at(find, &located(find, bucket, expected_owner)?, key, Door::Content)
}

/// The object with this key.
///
/// # Errors
/// As [`place`]'s.
pub async fn object(
    find: &Find<'_, S3>,
    bucket: &str,
    key: &str,
    expected_owner: &Option<String>,
) -> Result<Object, Error> {
    Object::existing(find, &located(find, bucket, expected_owner)?, key)
}

/// The multipart upload with this id.
///
/// # Errors
/// No such bucket; a text that is no upload's id.
pub async fn upload(
    find: &Find<'_, S3>,
    bucket: &str,
    key: &str,
    upload_id: &str,
    expected_owner: &Option<String>,
) -> Result<Object, Error> {
    let facts = located(find, bucket, expected_owner)?;
    let id = UploadId::parse(upload_id).ok_or_else(|| Error::NoSuchUpload(upload_id.to_owned()))?;
    Object::at(find, &facts, key, Door::Upload(id))
}

/// The multipart upload with this id, with who began it.
///
/// # Errors
/// As [`upload`]'s.
pub async fn begun(
    find: &Find<'_, S3>,
    bucket: &str,
    key: &str,
    upload_id: &str,
    expected_owner: &Option<String>,
) -> Result<Object, Error> {
    let mut object = upload(find, bucket, key, upload_id, expected_owner).await?;
    let record = find.stored().get(object.scope().prefix())?;
    let upload = record.map(|record| Upload::read(&record.value)).transpose()?;
    object.initiator = upload.map(|upload| Box::new(upload.initiator.1));
    Ok(object)
}
