use std::{borrow::Cow, sync::Arc};

use kurodo_arn::AccountId;
use kurodo_authz::{Annexed, Gate, Grant, Resource, Scope};
use kurodo_gateway::Find;
use kurodo_policy::{Attached, Context, Principal, PrincipalKind};

use super::{Counts, charged};
use crate::{
    Error, S3,
    access_points::entered,
    acl::{self, Acl, On},
    facts::BucketFacts,
    layout,
    model::RequestCharged,
    names,
    records::{Class, Head, Kept, Lock, Owner, Ownership, Tags, Upload, UploadId, VersionId, Wanted},
    replication::What,
    versions::{Place, Placed, Versions},
};

/// An object: one that is there, one that is to be put, or a multipart upload that will become one.
#[derive(Clone)]
pub struct Object {
    pub(crate) bucket: String,
    pub(crate) key: String,
    facts: Arc<BucketFacts>,
    door: Door,
    /// The version that the request names.
    version: Option<Wanted>,
    counts: Counts,
    acls: bool,
    found: Option<Arc<Found>>,
    charged: Option<RequestCharged>,
    /// Who will own it once it is put, where that counts.
    maker: Option<Box<Owner>>,
    /// Whether what is done to it is the bucket's business, whoever owns it.
    in_bucket: bool,
    /// Who began the upload.
    initiator: Option<Box<Owner>>,
    /// What a lifecycle rule makes of it.
    fate: Fate,
    /// Whether what the request writes becomes an object at once; `None` where it writes nothing.
    creates: Option<bool>,
}

/// What is to become of an object that a lifecycle rule is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Fate {
    /// What the action says.
    #[default]
    Plain,
    /// It gets this storage class.
    Class(Class),
    /// It goes if no other version of its key is left.
    Alone,
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
    placed: Placed,
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
            version: None,
            counts,
            acls: counts != Counts::Nothing,
            found: None,
            charged: charged(find, facts)?,
            maker: None,
            in_bucket: false,
            initiator: None,
            fate: Fate::Plain,
            creates: None,
        })
    }

    /// The object as its maker's, who decides of its list from the beginning: the bucket's policy only denies.
    ///
    /// Source: S3 User Guide, "Policy examples for ACLs", where a bucket's policy lets a user of another account put
    /// objects with a list, and allows him `s3:PutObject` only.
    pub(crate) fn owned_by(mut self, owner: Owner) -> Self {
        if owner.account() != Some(self.facts.account) && self.counts == Counts::Whole {
            self.counts = Counts::Denials;
        }
        self.maker = Some(Box::new(owner));
        self
    }

    /// The same, by the version that the request names.
    pub(crate) fn named(self, version: Option<Wanted>) -> Self {
        Self { version, ..self }
    }

    /// The same, which the request makes, or makes a part of.
    ///
    /// Source: Service Authorization Reference, `s3:ObjectCreationOperation`; S3 User Guide, "Enforce conditional
    /// writes on Amazon S3 buckets".
    pub(crate) fn creating(self, whole: bool) -> Self {
        Self { creates: Some(whole), ..self }
    }

    /// The same, which is to get this storage class.
    pub(crate) fn moving(self, class: Class) -> Self {
        Self { fate: Fate::Class(class), ..self }
    }

    /// The same, which is to go if no other version of its key is left.
    pub(crate) fn alone(self) -> Self {
        Self { fate: Fate::Alone, ..self }
    }

    /// Whether it is to be copied to other buckets, still.
    pub(crate) fn is_pending(&self) -> Result<bool, Error> {
        Ok(self.found.as_ref().map_or(Ok(false), |found| found.placed.kept.is_pending())?)
    }

    /// Whether it is a delete marker.
    pub(crate) fn is_marker(&self) -> bool {
        self.found.as_ref().is_some_and(|found| matches!(found.placed.kept, Kept::Marker(_)))
    }

    /// What there is to be copied.
    pub(crate) fn what(&self) -> What<'_> {
        match &self.found {
            Some(found) if !self.is_marker() => What::Object(&found.tags),
            _ => What::Marker,
        }
    }

    /// What was found of a version, a delete marker too, to whoever holds a permit for it.
    pub(crate) fn kept<G: Grant<Resource = Self>>(permit: &G) -> Result<&Placed, Error> {
        let object = permit.resource();
        object.found.as_ref().map(|found| &found.placed).ok_or_else(|| object.missing())
    }

    /// The storage class that it is to get.
    pub(crate) fn class(&self) -> Option<Class> {
        if let Fate::Class(class) = self.fate { Some(class) } else { None }
    }

    /// Whether it goes only if no other version of its key is left.
    pub(crate) fn is_alone(&self) -> bool {
        self.fate == Fate::Alone
    }

    /// The object with this key: its current version, or the one that the request names. If there is none, it is as if
    /// it belonged to the bucket's owner.
    pub(crate) fn existing(
        find: &Find<'_, S3>,
        facts: &Arc<BucketFacts>,
        key: &str,
        version: Option<Wanted>,
    ) -> Result<Self, Error> {
        let mut object = Self::at(find, facts, key, Door::Content)?.named(version);
        let lists_count = facts.ownership() != Ownership::Enforced;
        let found = object.look_up(find)?.map(|placed| Found::read(placed, lists_count)).transpose()?;
        object.found = found.map(Arc::new);
        if object.is_foreign() && object.counts == Counts::Whole {
            object.counts = Counts::Denials;
        }
        Ok(object)
    }

    /// The same, as the bucket's owner's whoever put it: what is done to it is the bucket's business.
    ///
    /// Source: S3 API Reference, `GetObjectTagging`, `PutObjectTagging`, "By default, the bucket owner has this
    /// permission"; `RestoreObject`, "The bucket owner has this permission by default".
    pub(crate) fn of_bucket(mut self) -> Self {
        if self.counts == Counts::Denials {
            self.counts = Counts::Whole;
        }
        self.in_bucket = true;
        self
    }

    /// Whether it is another account's than the bucket.
    fn is_foreign(&self) -> bool {
        self.rights().is_some_and(|(owner, _)| owner.account() != Some(self.facts.account))
    }

    /// What is current is found in one look, unless it is a delete marker.
    fn look_up(&self, find: &Find<'_, S3>) -> Result<Option<Placed>, Error> {
        let (reader, object) = (find.stored(), self.scope());
        if self.version.is_none() {
            let found =
                reader.get(object.prefix())?.map(|found| Placed::read(Place::Current, found)).transpose()?;
            if found.is_some() || !self.facts.versioning.was_on() {
                return Ok(found);
            }
        }
        let versions = Versions::stored(&reader, object.prefix(), self.annex().prefix());
        self.version.as_ref().map_or_else(|| versions.marker(), |wanted| versions.find(wanted))
    }

    /// Whether there is such an object. A delete marker is one only for those who name it.
    pub(crate) fn is_there(&self) -> bool {
        self.head().is_some() || (self.version.is_some() && self.found.is_some())
    }

    /// The tags of the object, if it is there and has some.
    pub(crate) fn tags(&self) -> Option<&Tags> {
        self.found.as_ref().map(|found| &found.tags).filter(|tags| !tags.is_empty())
    }

    /// Whether who asks pays.
    pub(crate) fn charged(&self) -> Option<RequestCharged> {
        self.charged
    }

    /// What keeps the version from being deleted.
    pub(crate) fn lock(&self) -> Lock {
        self.head().map(|head| head.lock).unwrap_or_default()
    }

    /// The version that the request names.
    pub(crate) fn version(&self) -> Option<&Wanted> {
        self.version.as_ref()
    }

    fn head(&self) -> Option<&Head> {
        self.found.as_ref()?.placed.kept.head()
    }

    /// The id of a version that is put here now.
    pub(crate) fn new_version(&self, now_ms: i64) -> Result<VersionId, Error> {
        match self.facts.versioning.is_on() {
            true => Ok(VersionId::new(now_ms)?),
            false => Ok(VersionId::null(now_ms)),
        }
    }

    /// The bucket that it is in.
    pub(crate) fn facts(&self) -> &Arc<BucketFacts> {
        &self.facts
    }

    /// What the content of one of its versions is bound to: it opens nowhere else.
    pub(crate) fn sealed_at(&self, id: &VersionId) -> Vec<u8> {
        layout::sealed_at(layout::object(self.facts.id, &self.key).prefix(), id)
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
    pub(crate) fn granted<G: Grant<Resource = Self>>(permit: &G) -> Result<&Head, Error> {
        let object = permit.resource();
        object.head().ok_or_else(|| object.missing())
    }

    /// The same, to whoever copies it.
    pub(crate) fn source<G: Grant<Resource = Self>>(permit: &G) -> Result<&Head, Error> {
        Self::granted(permit).map_err(|error| match error {
            Error::IsDeleteMarker { .. } => {
                let message =
                    "The source of a copy request may not specifically refer to a delete marker by version id.";
                Error::InvalidRequest(message.into())
            }
            other => other,
        })
    }

    /// The same, where it lies.
    pub(crate) fn placed<G: Grant<Resource = Self>>(permit: &G) -> Result<&Placed, Error> {
        let object = permit.resource();
        let found = object.found.as_ref().filter(|found| found.placed.kept.head().is_some());
        found.map(|found| &found.placed).ok_or_else(|| object.missing())
    }

    /// Why there is no such object.
    fn missing(&self) -> Error {
        let (key, kept) = (self.key.clone(), self.found.as_ref().map(|found| &found.placed.kept));
        match (&self.version, kept) {
            (None, Some(Kept::Marker(marker))) => Error::Deleted { key, marker: marker.id.to_string() },
            (Some(_), Some(Kept::Marker(marker))) => {
                Error::IsDeleteMarker { marker: marker.id.to_string(), modified_ms: marker.modified_ms }
            }
            (Some(version), _) => Error::NoSuchVersion { key, version: version.to_string() },
            (None, _) => Error::NoSuchKey(key),
        }
    }

    /// The list that counts, what it is on, and the owner of that: the object's, or where there is none, the bucket's,
    /// which says who may put one.
    fn list(&self) -> Option<(Cow<'_, Acl>, On, &Owner)> {
        if !self.acls {
            return None;
        }
        match self.head() {
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
    fn read(placed: Placed, lists_count: bool) -> Result<Self, Error> {
        let Some(head) = placed.kept.head() else {
            return Ok(Self { placed, tags: Tags::default(), rights: None });
        };
        let (tags, rights) = (head.tags()?, if lists_count { head.rights()? } else { None });
        Ok(Self { placed, tags, rights })
    }
}

/// The permit reaches all versions of the key: what was current may become an older version at any time.
impl Annexed for Object {
    fn annex(&self) -> Scope {
        match self.door {
            Door::Content => layout::versions(self.facts.id, &self.key),
            Door::Upload(_) => self.scope(),
        }
    }
}

impl Resource for Object {
    /// What comes through an access point is called by it: whose bucket lies behind is not told.
    fn called(&self) -> Option<String> {
        self.facts.gate.as_ref().map(|gate| gate.gate(Some(&self.key)).arn)
    }

    fn owner(&self) -> AccountId {
        match self.maker.as_deref().or_else(|| self.rights().map(|(owner, _)| owner)) {
            // To those who are kept out of the bucket it does not help that they put the object.
            Some(owner) if self.counts != Counts::Nothing && !self.in_bucket => {
                owner.account().unwrap_or(AccountId::NOBODY)
            }
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

    fn gate(&self) -> Option<Gate<'_>> {
        Some(self.facts.gate.as_ref()?.gate(Some(&self.key)))
    }

    fn describe(&self, context: &mut Context) {
        context.set("s3:ResourceAccount", self.facts.account.to_string());
        if let Some(gate) = &self.facts.gate {
            gate.describe(context);
        }
        if let Some(version) = &self.version {
            context.set("s3:VersionId", version.to_string());
        }
        if let Some(creates) = self.creates {
            context.set("s3:ObjectCreationOperation", creates);
        }
        for (key, value) in self.found.iter().flat_map(|found| &found.tags.0) {
            context.set(format!("s3:ExistingObjectTag/{key}"), value.as_str());
        }
    }
}

/// The place of a key in a bucket where an object is made, whatever is there.
///
/// # Errors
/// No such bucket; a key that no object can have.
pub async fn place(
    find: &Find<'_, S3>,
    bucket: &str,
    key: &str,
    expected_owner: &Option<String>,
) -> Result<Object, Error> {
    Ok(Object::at(find, &entered(find, bucket, expected_owner)?, key, Door::Content)?.creating(true))
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
    Object::existing(find, &entered(find, bucket, expected_owner)?, key, None)
}

/// The multipart upload with this id, which gets a part.
///
/// # Errors
/// As [`completed`]'s.
pub async fn upload(
    find: &Find<'_, S3>,
    bucket: &str,
    key: &str,
    upload_id: &str,
    expected_owner: &Option<String>,
) -> Result<Object, Error> {
    Ok(completed(find, bucket, key, upload_id, expected_owner).await?.creating(false))
}

/// The multipart upload with this id, which becomes an object.
///
/// # Errors
/// No such bucket; a text that is no upload's id.
pub async fn completed(
    find: &Find<'_, S3>,
    bucket: &str,
    key: &str,
    upload_id: &str,
    expected_owner: &Option<String>,
) -> Result<Object, Error> {
    let facts = entered(find, bucket, expected_owner)?;
    let id = UploadId::parse(upload_id).ok_or_else(|| Error::NoSuchUpload(upload_id.to_owned()))?;
    Ok(Object::at(find, &facts, key, Door::Upload(id))?.creating(true))
}

/// The multipart upload with this id, with who began it.
///
/// # Errors
/// As [`completed`]'s.
pub async fn begun(
    find: &Find<'_, S3>,
    bucket: &str,
    key: &str,
    upload_id: &str,
    expected_owner: &Option<String>,
) -> Result<Object, Error> {
    let object = completed(find, bucket, key, upload_id, expected_owner).await?;
    let mut object = Object { creates: None, ..object };
    let record = find.stored().get(object.scope().prefix())?;
    let upload = record.map(|record| Upload::read(&record.value)).transpose()?;
    object.initiator = upload.map(|upload| Box::new(upload.initiator.1));
    Ok(object)
}
