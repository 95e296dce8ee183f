use std::sync::Arc;

use futures_util::{StreamExt, stream};
use kurodo_authz::{Action, Denial, Grant, Permit, Write};
use kurodo_gateway::{Errand, Keeper, Progress};

use crate::{
    Error, S3,
    acl::Acl,
    action,
    checksum::Hasher,
    content::{Keys, Plan, Reading, Source, receive},
    object_lock,
    records::{Content, Head, HeadParts, Kept, Lock, Marker, Owner, Ownership, PartEntry, PartList},
    replication::{Rule, Status},
    resources::Object,
    table::chore,
    versions::{Placed, Replica},
};

/// So many versions are copied at once.
const AT_ONCE: usize = 8;

type Decided<'p, A> = [Result<Permit<'p, A>, Box<Denial>>];

impl Keeper<chore::Replicate> for S3 {
    /// What may not be copied has failed, and is not tried again; what cannot be stored now is tried later.
    async fn keep(&self, errand: Errand<'_, Self, chore::Replicate>) -> Result<Progress, Error> {
        let (versions, rules, list, read, acl, tags, write, mark, tag, give) = &errand.permits;
        let now_ms = errand.call.now_ms;
        let role = Role { now_ms, rules, list, read, acl, tags, write, mark, tag, give };
        let work = versions.iter().flatten().map(|version| self.copy_version(version, &role));
        let mut outcomes = stream::iter(work.collect::<Vec<_>>()).buffer_unordered(AT_ONCE);
        let mut progress = Progress::More;
        let account = errand.call.account();
        while let Some(outcome) = outcomes.next().await {
            if let Err(error) = outcome {
                tracing::warn!(%error, "a version could not be copied now; it is tried again");
                progress = Progress::Done;
            }
        }
        account.into_iter().for_each(|account| self.replication.done(account));
        Ok(progress)
    }
}

/// What the role may do.
struct Role<'a, 'p> {
    /// When, in milliseconds since 1970.
    now_ms: i64,
    rules: &'a Decided<'p, action::GetReplicationConfiguration>,
    list: &'a Decided<'p, action::ListBucket>,
    read: &'a Decided<'p, action::GetObjectVersionForReplication>,
    acl: &'a Decided<'p, action::GetObjectVersionAcl>,
    tags: &'a Decided<'p, action::GetObjectVersionTagging>,
    write: &'a Decided<'p, action::ReplicateObject>,
    mark: &'a Decided<'p, action::ReplicateDelete>,
    tag: &'a Decided<'p, action::ReplicateTags>,
    give: &'a Decided<'p, action::ObjectOwnerOverrideToBucketOwner>,
}

impl Role<'_, '_> {
    /// Whether it may see the bucket that is copied, and its rules.
    fn may_look(&self, bucket: &str) -> bool {
        self.rules.iter().flatten().any(|permit| permit.resource().name() == bucket)
            && self.list.iter().flatten().any(|permit| permit.resource().name() == bucket)
    }
}

/// The permit for this version of a key in this bucket, if the role got it.
fn permit<'a, 'p, A: Action<Resource = Object>>(
    decided: &'a Decided<'p, A>,
    bucket: &str,
    like: &Object,
) -> Option<&'a Permit<'p, A>> {
    decided.iter().flatten().find(|permit| {
        let object = permit.resource();
        object.facts().name == bucket && object.key() == like.key() && object.version() == like.version()
    })
}

impl S3 {
    async fn copy_version<G>(&self, version: &G, role: &Role<'_, '_>) -> Result<(), Error>
    where
        G: Grant<Access = Write, Resource = Object> + Sync,
    {
        let outcome = self.copy_everywhere(Object::kept(version)?, version.resource(), role).await;
        let status = match outcome {
            Ok(true) => Status::Completed,
            Ok(false) => Status::Failed,
            Err(error) => {
                self.copy_later(version.resource(), *Object::kept(version)?.kept.id(), true);
                return Err(error);
            }
        };
        self.restate(version, Object::kept(version)?, status).await
    }

    /// Whether every bucket that is to have a copy has one.
    async fn copy_everywhere(
        &self,
        placed: &Placed,
        object: &Object,
        role: &Role<'_, '_>,
    ) -> Result<bool, Error> {
        let rules = object.facts().replication.as_ref();
        let rules = rules.map(|rules| rules.rules_for(object.key(), object.what())).unwrap_or_default();
        let may_look = role.may_look(&object.facts().name);
        let mut copied = !rules.is_empty() && may_look;
        for rule in rules.into_iter().filter(|_| may_look) {
            copied &= match &placed.kept {
                Kept::Object(_) => self.copy_object_by(rule, object, role).await?,
                Kept::Marker(marker) => self.copy_marker_by(rule, object, marker, role).await?,
            };
        }
        Ok(copied)
    }

    async fn copy_marker_by(
        &self,
        rule: &Rule,
        object: &Object,
        marker: &Marker,
        role: &Role<'_, '_>,
    ) -> Result<bool, Error> {
        let Some(to) = permit(role.mark, &rule.target, object) else { return Ok(false) };
        if !to.resource().facts().versioning.is_on() {
            return Ok(false);
        }
        let marker = Marker { owner: None, status: Some(Status::Replica), ..marker.clone() };
        let replica = Replica {
            record: marker.to_record()?,
            parts: Vec::new(),
            fresh: Vec::new(),
            now_ms: role.now_ms,
        };
        self.publish_replica(to, &replica).await.map(|()| true)
    }

    async fn copy_object_by(&self, rule: &Rule, object: &Object, role: &Role<'_, '_>) -> Result<bool, Error> {
        let own = &object.facts().name;
        let (Some(from), Some(_), Some(to)) = (
            permit(role.read, own, object),
            permit(role.acl, own, object),
            permit(role.write, &rule.target, object),
        ) else {
            return Ok(false);
        };
        let tagged = object.tags().is_none()
            || (permit(role.tags, own, object).is_some() && permit(role.tag, &rule.target, object).is_some());
        let given = !rule.gives_away || permit(role.give, &rule.target, object).is_some();
        let (head, target) = (Object::granted(from)?, to.resource().facts());
        let locked = head.lock != Lock::default() && target.object_lock.is_none();
        if head.kms.is_some() || !tagged || !given || locked || !target.versioning.is_on() {
            return Ok(false);
        }
        let replica = self.replica(from, to, rule, role.now_ms).await?;
        self.publish_replica(to, &replica).await.map(|()| true)
    }

    async fn replica(
        &self,
        from: &Permit<'_, action::GetObjectVersionForReplication>,
        to: &Permit<'_, action::ReplicateObject>,
        rule: &Rule,
        now_ms: i64,
    ) -> Result<Replica, Error> {
        let head = Object::granted(from)?;
        let (content, parts) = self.copy_content(from, to).await?;
        let fresh = match &content {
            Content::Blob(blob) => vec![blob.id()],
            _ => parts.iter().map(|part| part.blob.id()).collect(),
        };
        let (mut meta, tags) = (head.meta()?, head.tags()?);
        meta.replication = Some(Status::Replica.word().to_owned());
        let rights = rights(head, from.resource(), to.resource(), rule)?;
        let record = HeadParts {
            id: head.id,
            size: head.size,
            modified_ms: head.modified_ms,
            etag: head.etag,
            checksum: head.checksum,
            content: &content,
            customer_key: None,
            kms: None,
            lock: object_lock::of_new(head.lock, to.resource().facts(), now_ms)?,
            class: rule.class.unwrap_or(head.class),
            restored: None,
            meta: &meta,
            tags: &tags,
            rights: rights.as_ref(),
        };
        Ok(Replica { record: record.to_record()?, parts, fresh, now_ms })
    }

    /// The content, opened with the key of its bucket and sealed with that of the other, part by part.
    async fn copy_content(
        &self,
        from: &Permit<'_, action::GetObjectVersionForReplication>,
        to: &Permit<'_, action::ReplicateObject>,
    ) -> Result<(Content, Vec<PartEntry>), Error> {
        let head = Object::granted(from)?;
        let parts = self.parts(from)?;
        if parts.is_empty() {
            return Ok((self.copy_range(from, to, 0..head.size, true).await?, Vec::new()));
        }
        let (mut copies, mut at) = (Vec::with_capacity(parts.len()), 0);
        for part in parts {
            let end = at + part.blob.length();
            if let Content::Blob(blob) = self.copy_range(from, to, at..end, false).await? {
                copies.push(PartEntry { blob, checksum: part.checksum });
            }
            at = end;
        }
        Ok((PartList::content(&copies), copies))
    }

    async fn copy_range(
        &self,
        from: &Permit<'_, action::GetObjectVersionForReplication>,
        to: &Permit<'_, action::ReplicateObject>,
        range: std::ops::Range<u64>,
        inline: bool,
    ) -> Result<Content, Error> {
        let (source, target) = (from.resource().facts(), to.resource().facts());
        let length = range.end - range.start;
        let [opening, closing] = [source, target].map(|facts| Keys::one(Arc::clone(&facts.key)));
        let reading = Reading::open(self, from, &opening, range).await?;
        let plan = Plan { length, keys: &closing, hasher: Hasher::new(false, &[]), inline };
        let received = receive(self, Source::Object(reading), plan).await?;
        received.keep(&closing, &to.resource().sealed_at(&Object::granted(from)?.id)).await
    }
}

/// Who owns the copy, and who else has rights; `None` where it is all the bucket owner's.
///
/// Source: S3 User Guide, "Changing the replica owner".
fn rights(head: &Head, from: &Object, to: &Object, rule: &Rule) -> Result<Option<(Owner, Acl)>, Error> {
    let (source, target) = (from.facts(), to.facts());
    if rule.gives_away || target.ownership() == Ownership::Enforced {
        return Ok(None);
    }
    let kept = head.rights()?;
    let plain = || (source.owner.clone(), Acl::private(&source.owner));
    Ok(kept.or_else(|| (source.owner != target.owner).then(plain)))
}
