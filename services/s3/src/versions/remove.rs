use kurodo_authz::{Grant, Write};
use kurodo_store::blobs::BlobId;

use super::{
    change::Change,
    find::Placed,
    publish::ATTEMPTS,
};
use crate::{
    Error, S3,
    records::{Head, Kept, Marker, Owner, VersionId, Wanted},
    resources::Object,
};

/// How something is to be removed.
pub(crate) struct Removal<'a> {
    /// The version that goes for good; where none is named, the key gets a delete marker if its bucket keeps versions.
    pub(crate) version: Option<Wanted>,
    /// The entity tag of what is there.
    pub(crate) if_match: Option<&'a str>,
    /// Whether governance does not keep the version.
    pub(crate) bypasses: bool,
    /// When, in milliseconds since 1970.
    pub(crate) now_ms: i64,
    /// Who removes it, where that is not the bucket's owner.
    pub(crate) by: Option<Owner>,
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
                self.discard_all(doomed);
                return Ok(removed);
            }
        }
        Err(Error::ConditionalRequestConflict(permit.resource().key().to_owned()))
    }
}

impl Removal<'_> {
    /// Whether what is there is what the request wants to remove.
    fn check(&self, there: Option<&Head>, key: &str) -> Result<(), Error> {
        match (self.if_match, there) {
            (Some(_), None) => Err(Error::NoSuchKey(key.to_owned())),
            (Some(tags), Some(head)) if !crate::conditions::matches(tags, &head.etag) => {
                Err(Error::PreconditionFailed("If-Match"))
            }
            _ => Ok(()),
        }
    }
}

async fn remove_current<'p, G: Grant<Access = Write, Resource = Object>>(
    mut change: Change<'p, G>,
    removal: &Removal<'_>,
    object: &Object,
) -> Result<Option<Outcome>, Error> {
    let (top, versioning) = (change.top()?, object.facts().versioning);
    removal.check(top.as_ref().and_then(|top| top.kept.head()), object.key())?;
    if !versioning.was_on() && top.is_none() {
        return Ok(Some((Removed::Whole, Vec::new())));
    }
    change.make_room(top.as_ref())?;
    let mut removed = Removed::Whole;
    if versioning.was_on() {
        let id = object.new_version(removal.now_ms)?.after(top.as_ref().map(|top| top.kept.id()));
        change.put_marker(&Marker { id, modified_ms: removal.now_ms, owner: removal.by.clone() })?;
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
    removal.check(placed.as_ref().and_then(|placed| placed.kept.head()), object.key())?;
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
