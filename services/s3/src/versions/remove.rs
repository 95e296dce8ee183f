use kurodo_authz::{Grant, Write};
use kurodo_store::blobs::BlobId;

use super::{
    change::Change,
    find::{Placed, Versions},
    publish::ATTEMPTS,
};
use crate::{
    Error, S3,
    lifecycle::Facts,
    records::{Kept, Marker, Owner, VersionId, Wanted},
    replication::Status,
    resources::Object,
};

/// How something is to be removed.
pub(crate) struct Removal<'a> {
    /// The version that goes for good; where none is named, the key gets a delete marker if its bucket keeps versions.
    pub(crate) version: Option<Wanted>,
    pub(crate) only: If<'a>,
    /// Whether governance does not keep the version.
    pub(crate) bypasses: bool,
    /// When, in milliseconds since 1970.
    pub(crate) now_ms: i64,
    /// Who removes it, where that is not the bucket's owner.
    pub(crate) by: Option<Owner>,
}

/// What must be there for anything to be removed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum If<'a> {
    /// Anything, or nothing.
    Anything,
    /// What has this entity tag; anything else is an error.
    Matches(&'a str),
    /// What the bucket's lifecycle rules say has expired.
    Expired,
    /// The only version that is left.
    Alone,
}

impl<'a> If<'a> {
    /// As the request asks.
    pub(crate) fn matches(tag: Option<&'a str>) -> Self {
        tag.map_or(Self::Anything, Self::Matches)
    }
}

/// What was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Removed {
    /// What was there, or nothing, in a bucket that never kept versions.
    Whole,
    /// Nothing: there is a delete marker now.
    Marked(VersionId),
    /// A version, or nothing; and whether it was a delete marker.
    Version { wanted: Wanted, marker: bool },
}

type Outcome = (Removed, Vec<Vec<BlobId>>);

impl S3 {
    /// Removes what is at the key, or one version of it. Whether anything was there makes no difference.
    pub(crate) async fn remove<G>(&self, permit: &G, removal: &Removal<'_>) -> Result<Removed, Error>
    where
        G: Grant<Access = Write, Resource = Object> + Sync,
    {
        for _ in 0..ATTEMPTS {
            let change = Change::new(&self.store.write(permit), permit);
            let outcome = match &removal.version {
                Some(wanted) => remove_version(change, *wanted, removal, permit.resource()).await?,
                None => remove_current(change, removal, permit.resource()).await?,
            };
            if let Some((removed, doomed)) = outcome {
                if let Removed::Marked(id) = removed {
                    self.copy_later(permit.resource(), id, permit.resource().marker_goes());
                }
                self.discard_all(doomed);
                return Ok(removed);
            }
        }
        Err(Error::ConditionalRequestConflict(permit.resource().key().to_owned()))
    }
}

impl Removal<'_> {
    /// Whether what is there is what is to be removed.
    fn takes(&self, there: Option<&Placed>, object: &Object, versions: &Versions<'_>) -> Result<bool, Error> {
        let head = there.and_then(|placed| placed.kept.head());
        match (self.only, head) {
            (If::Anything, _) => Ok(true),
            (If::Matches(_), None) => Err(Error::NoSuchKey(object.key().to_owned())),
            (If::Matches(tags), Some(head)) if crate::conditions::matches(tags, &head.etag) => Ok(true),
            (If::Matches(_), Some(_)) => Err(Error::PreconditionFailed("If-Match")),
            (If::Expired, None) => Ok(false),
            (If::Expired, Some(head)) => {
                let facts = Facts { key: object.key(), head };
                let rules = object.facts().lifecycle.as_ref();
                Ok(rules.map_or(Ok(false), |rules| rules.has_expired(facts, self.now_ms))?)
            }
            (If::Alone, _) => Ok(versions.latest_older()?.is_none()),
        }
    }
}

/// What is done where nothing is.
const NOTHING: Option<Outcome> = Some((Removed::Whole, Vec::new()));

async fn remove_current<'p, G: Grant<Access = Write, Resource = Object>>(
    mut change: Change<'p, G>,
    removal: &Removal<'_>,
    object: &Object,
) -> Result<Option<Outcome>, Error> {
    let (top, versioning) = (change.top()?, object.facts().versioning);
    let taken = removal.takes(top.as_ref(), object, change.versions())?;
    if !taken || (!versioning.was_on() && top.is_none()) {
        return Ok(NOTHING);
    }
    change.make_room(top.as_ref())?;
    let mut removed = Removed::Whole;
    if versioning.was_on() {
        let id = object.new_version(removal.now_ms)?.after(top.as_ref().map(|top| top.kept.id()));
        let goes = !matches!(removal.only, If::Expired) && object.marker_goes();
        let status = goes.then_some(Status::Pending);
        change.put_marker(&Marker { id, modified_ms: removal.now_ms, owner: removal.by.clone(), status })?;
        removed = Removed::Marked(id);
    }
    Ok(change.commit().await?.map(|doomed| (removed, doomed)))
}

/// No locked version goes, whoever asks and however.
async fn remove_version<'p, G: Grant<Access = Write, Resource = Object>>(
    mut change: Change<'p, G>,
    wanted: Wanted,
    removal: &Removal<'_>,
    object: &Object,
) -> Result<Option<Outcome>, Error> {
    let top = change.top()?;
    let placed = change.versions().find(&wanted)?;
    if !removal.takes(placed.as_ref(), object, change.versions())? {
        return Ok(NOTHING);
    }
    let Some(placed) = placed else {
        return Ok(Some((Removed::Version { wanted, marker: false }, Vec::new())));
    };
    if is_locked(&placed, removal) {
        return Err(Error::AccessDenied(LOCKED.into()));
    }
    change.rely(placed.place, Some(&placed));
    change.remove(&placed)?;
    if top.is_some_and(|top| top.place == placed.place) {
        change.promote()?;
    }
    let marker = matches!(placed.kept, Kept::Marker(_));
    Ok(change.commit().await?.map(|doomed| (Removed::Version { wanted, marker }, doomed)))
}

/// As S3 says it.
const LOCKED: &str = "Access Denied because object protected by object lock.";

fn is_locked(placed: &Placed, removal: &Removal<'_>) -> bool {
    placed.kept.head().is_some_and(|head| head.lock.holds(removal.now_ms, removal.bypasses))
}
