use bytes::Bytes;
use kurodo_authz::{Grant, Write};
use kurodo_store::blobs::BlobId;

use super::{change::Change, find::Placed, publish::ATTEMPTS};
use crate::{
    Error, S3,
    records::{self, Damaged, Head, Kept, PartEntry, PartList, VersionId},
    replication::{Status, Task, What},
    resources::Object,
};

/// A copy of a version of another bucket: it keeps its id, and its place among the versions of its key.
pub(crate) struct Replica {
    pub(crate) record: Bytes,
    pub(crate) parts: Vec<PartEntry>,
    /// Contents that are nobody's if it is not published.
    pub(crate) fresh: Vec<BlobId>,
    /// When it is made, in milliseconds since 1970.
    pub(crate) now_ms: i64,
}

impl Object {
    /// The record of a version that is put here now, and whether it is to be copied elsewhere: then the record says so.
    pub(crate) fn to_be_copied(&self, record: Bytes) -> Result<(Bytes, bool), Error> {
        let Some(replication) = &self.facts().replication else { return Ok((record, false)) };
        let head = Head::read(&record)?;
        let tags = head.tags()?;
        let what = What::Object(&tags);
        // Nobody but the customer opens what his key protects; what keys of KMS protect is copied where a rule asks for that,
        // which is refused; what is archived is not read.
        let open = head.customer_key.is_none()
            && head.kms.is_none()
            && !head.class.is_archived()
            && !head.id.is_null();
        let own = head.status()? != Some(Status::Replica);
        if !open || !own || replication.rules_for(self.key(), what).is_empty() {
            return Ok((record, false));
        }
        Ok((head.with(records::Change::Status(Status::Pending))?, true))
    }

    /// Whether a delete marker that is put here now is to be copied elsewhere.
    pub(crate) fn marker_goes(&self) -> bool {
        let facts = self.facts();
        let rules = facts.replication.as_ref().filter(|_| facts.versioning.is_on());
        rules.is_some_and(|rules| !rules.rules_for(self.key(), What::Marker).is_empty())
    }
}

impl S3 {
    /// Keeps in mind that a version is to be copied.
    pub(crate) fn copy_later(&self, object: &Object, id: VersionId, goes: bool) {
        if goes {
            let (facts, key) = (object.facts(), object.key().to_owned());
            let task = Task { bucket: facts.name.clone(), id: facts.id, key, version: id.wanted() };
            self.replication.push(facts.account, task);
        }
    }

    /// Notes how far a version is on its way, wherever it lies now; nothing where it is gone, or was changed so that it is to
    /// be copied again.
    pub(crate) async fn restate<G>(&self, permit: &G, seen: &Placed, status: Status) -> Result<(), Error>
    where
        G: Grant<Access = Write, Resource = Object> + Sync,
    {
        for _ in 0..ATTEMPTS {
            let mut change = Change::new(&self.store.write(permit), permit);
            let found = change.versions().find(&seen.kept.id().wanted())?;
            let Some(found) = found.filter(|found| found.record == seen.record) else { return Ok(()) };
            change.amend(&found, found.kept.with_status(status)?);
            if change.commit().await?.is_some() {
                return Ok(());
            }
        }
        Err(Error::ConditionalRequestConflict(permit.resource().key().to_owned()))
    }

    /// Publishes a copy; one that is there already gets the tags, rights and lock of this one.
    pub(crate) async fn publish_replica<G>(&self, permit: &G, replica: &Replica) -> Result<(), Error>
    where
        G: Grant<Access = Write, Resource = Object> + Sync,
    {
        let outcome = self.try_publish_replica(permit, replica).await;
        if !matches!(outcome, Ok(true)) {
            self.discard_all(replica.fresh.iter().map(|blob| vec![*blob]).collect());
        }
        outcome.map(drop)
    }

    /// Whether its contents are in use now.
    async fn try_publish_replica<G>(&self, permit: &G, replica: &Replica) -> Result<bool, Error>
    where
        G: Grant<Access = Write, Resource = Object> + Sync,
    {
        let kept = Kept::read(&replica.record)?;
        for _ in 0..ATTEMPTS {
            let mut change = Change::new(&self.store.write(permit), permit);
            let top = change.top()?;
            let known = change.versions().find(&kept.id().wanted())?;
            match &known {
                Some(known) => change.amend(known, amended(known, &kept, replica)?),
                None => change.insert(top.as_ref(), &kept, replica.record.clone(), lists(&replica.parts))?,
            }
            if let Some(doomed) = change.commit().await? {
                self.discard_all(doomed);
                return Ok(known.is_none());
            }
        }
        Err(Error::ConditionalRequestConflict(permit.resource().key().to_owned()))
    }
}

fn lists(parts: &[PartEntry]) -> Vec<Bytes> {
    parts.chunks(PartList::MAX).map(|parts| PartList::write(parts).into()).collect()
}

/// The record of a copy that is there, with what may have changed about the original since. A copy that is locked stays
/// locked as it is.
fn amended(known: &Placed, new: &Kept, replica: &Replica) -> Result<Bytes, Damaged> {
    let (Some(known), Some(new)) = (known.kept.head(), new.head()) else {
        return Ok(replica.record.clone());
    };
    let tagged = known.with(records::Change::Tags(&new.tags()?))?;
    let owned = Head::read(&tagged)?.with(records::Change::Rights(new.rights()?))?;
    let lock = if known.lock.holds(replica.now_ms, false) { known.lock } else { new.lock };
    Head::read(&owned)?.with(records::Change::Lock(lock))
}
