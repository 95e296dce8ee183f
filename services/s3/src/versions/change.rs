use bytes::Bytes;
use kurodo_authz::{Grant, Write};
use kurodo_store::{StoreError, Transaction, Writer, blobs::BlobId};

use super::{
    find::{Place, Placed, Versions},
    publish::Ends,
};
use crate::{
    Error, layout,
    records::{Content, Kept, Marker, VersionId, VersioningState, Wanted},
    resources::Object,
};

/// What a change relies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    /// What is at the key.
    Key,
    /// That the bucket is there.
    Bucket,
    /// Whether the bucket keeps versions.
    Versioning,
    /// The upload that ends.
    Upload,
}

/// A change of the versions of one key: all of it happens, or nothing.
pub(super) struct Change<'p, G> {
    permit: &'p G,
    transaction: Transaction<'p>,
    versions: Versions<'p>,
    relies: Vec<On>,
    /// The contents that nothing refers to any more once the change has happened.
    doomed: Vec<Vec<BlobId>>,
}

impl<'p, G: Grant<Access = Write, Resource = Object>> Change<'p, G> {
    /// A change that does nothing yet. It relies on the bucket's being there, and keeping versions or not as it did.
    pub(super) fn new(writer: &Writer<'p>, permit: &'p G) -> Self {
        let facts = permit.resource().facts();
        let mut transaction = writer.transaction();
        transaction.expect_fact(&facts.exists).expect_fact(&facts.versioned);
        let (versions, relies) = (Versions::granted(writer, permit), vec![On::Bucket, On::Versioning]);
        Self { permit, transaction, versions, relies, doomed: Vec::new() }
    }

    pub(super) fn versions(&self) -> &Versions<'p> {
        &self.versions
    }

    /// The current version, which the change relies on. Where versions were never kept there are no delete markers.
    pub(super) fn top(&mut self) -> Result<Option<Placed>, Error> {
        let object = self.versions.object()?;
        self.rely(Place::Current, object.as_ref());
        if !self.permit.resource().facts().versioning.was_on() {
            return Ok(object);
        }
        let marker = self.versions.marker()?;
        self.rely(Place::Marker, marker.as_ref());
        Ok(object.or(marker))
    }

    /// Makes room for a new version: the current one becomes an older one, and where the new one is the null version,
    /// the null version that there is goes.
    pub(super) fn make_room(&mut self, top: Option<&Placed>) -> Result<(), Error> {
        let null = match self.permit.resource().facts().versioning.state {
            VersioningState::Enabled => None,
            VersioningState::Never => top.cloned(),
            VersioningState::Suspended => self.versions.find(&Wanted::Null)?,
        };
        let goes = |top: &Placed| null.as_ref().is_some_and(|null| null.place == top.place);
        if let Some(top) = top.filter(|top| !goes(top)) {
            self.age(top)?;
        }
        if let Some(null) = &null {
            if let Place::Older(_) = null.place {
                self.rely(null.place, Some(null));
            }
            self.remove(null)?;
        }
        Ok(())
    }

    /// Removes a version for good.
    pub(super) fn remove(&mut self, placed: &Placed) -> Result<(), Error> {
        let blobs = match placed.kept.head().map(|head| &head.content) {
            Some(Content::Blob(blob)) => vec![blob.id()],
            Some(Content::Parts { .. }) => {
                self.versions.parts(placed)?.iter().map(|entry| entry.blob.id()).collect()
            }
            _ => Vec::new(),
        };
        self.doomed.push(blobs);
        self.forget(placed);
        Ok(())
    }

    /// Makes the latest of the older versions the current one.
    pub(super) fn promote(&mut self) -> Result<(), Error> {
        let Some(older) = self.versions.latest_older()? else { return Ok(()) };
        let lists = self.versions.lists(&older)?;
        self.rely(older.place, Some(&older));
        self.forget(&older);
        let place = match older.kept {
            Kept::Object(_) => Place::Current,
            Kept::Marker(_) => Place::Marker,
        };
        self.put(place, older.record, lists);
        Ok(())
    }

    /// Writes the new current version.
    pub(super) fn put_object(&mut self, record: Bytes, lists: Vec<Bytes>) {
        self.put(Place::Current, record, lists);
    }

    /// Writes another record for a version that stays the same version.
    pub(super) fn amend(&mut self, placed: &Placed, record: Bytes) {
        self.rely(placed.place, Some(placed));
        self.go_to(placed.place).put(placed.place.key(), record);
    }

    /// Writes a version where it belongs by its rank: as the current one, or among the older ones.
    pub(super) fn insert(
        &mut self,
        top: Option<&Placed>,
        kept: &Kept,
        record: Bytes,
        lists: Vec<Bytes>,
    ) -> Result<(), Error> {
        let id = *kept.id();
        if top.is_some_and(|top| top.kept.id().order() < id.order()) {
            self.rely(Place::Older(id), None);
            self.put(Place::Older(id), record, lists);
            return Ok(());
        }
        self.make_room(top)?;
        let place = if kept.head().is_some() { Place::Current } else { Place::Marker };
        self.put(place, record, lists);
        Ok(())
    }

    /// The same for a delete marker.
    pub(super) fn put_marker(&mut self, marker: &Marker) -> Result<(), Error> {
        self.put(Place::Marker, marker.to_record()?, Vec::new());
        Ok(())
    }

    /// Ends an upload.
    pub(super) fn end(&mut self, ends: &Ends<'p>) {
        ends.apply(&mut self.transaction);
        self.relies.extend([On::Upload].repeat(1 + ends.parts.len()));
    }

    /// Commits, and gives the contents that nothing refers to any more; `None` where the key changed meanwhile, so
    /// that it is worth another attempt.
    pub(super) async fn commit(self) -> Result<Option<Vec<Vec<BlobId>>>, Error> {
        let Self { permit, transaction, relies, doomed, .. } = self;
        match transaction.commit().await {
            Ok(_) => Ok(Some(doomed)),
            Err(error) => match failed_on(&error, &relies) {
                Some(On::Key) => Ok(None),
                Some(On::Bucket) => Err(Error::NoSuchBucket(permit.resource().facts().name.clone())),
                Some(On::Versioning) => Err(Error::VersioningChanged),
                Some(On::Upload) => Err(Error::UploadOver),
                None => Err(error.into()),
            },
        }
    }

    /// Lets the change rely on a version's being where it is, or on nothing being there.
    pub(super) fn rely(&mut self, place: Place, found: Option<&Placed>) {
        let key = place.key();
        let transaction = self.go_to(place);
        match found {
            Some(found) => transaction.expect_version(key, found.version),
            None => transaction.expect_absent(key),
        };
        self.relies.push(On::Key);
    }

    /// Moves the current version among the older ones.
    fn age(&mut self, top: &Placed) -> Result<(), Error> {
        let lists = self.versions.lists(top)?;
        self.forget(top);
        self.put(Place::Older(*top.kept.id()), top.record.clone(), lists);
        Ok(())
    }

    /// Deletes the records of a version.
    fn forget(&mut self, placed: &Placed) {
        let (place, lists) = (placed.place, placed.kept.lists());
        let transaction = self.go_to(place);
        transaction.delete(place.key());
        for number in 0..lists {
            transaction.delete(place.list(number));
        }
        if is_older_null(place) {
            transaction.delete([layout::NULL]);
        }
    }

    fn put(&mut self, place: Place, record: Bytes, lists: Vec<Bytes>) {
        let transaction = self.go_to(place);
        transaction.put(place.key(), record);
        for (number, list) in (0..).zip(lists) {
            transaction.put(place.list(number), list);
        }
        if let Place::Older(VersionId { rank, .. }) = place
            && is_older_null(place)
        {
            transaction.put([layout::NULL], rank.to_be_bytes().to_vec());
        }
    }

    fn go_to(&mut self, place: Place) -> &mut Transaction<'p> {
        match place {
            Place::Current => self.transaction.under(self.permit),
            Place::Marker | Place::Older(_) => self.transaction.in_annex(self.permit),
        }
    }
}

fn is_older_null(place: Place) -> bool {
    matches!(place, Place::Older(id) if id.is_null())
}

fn failed_on(error: &StoreError, relies: &[On]) -> Option<On> {
    relies.get(error.conflict()?.which).copied()
}
