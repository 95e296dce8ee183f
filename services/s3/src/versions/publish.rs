use bytes::Bytes;
use kurodo_authz::{Grant, Permit, Write};
use kurodo_store::{Transaction, Version, blobs::BlobId};

use super::change::Change;
use crate::{
    Error, S3, action,
    conditions::matches,
    records::{self, Content, Damaged, Head, Kept, PartEntry, PartList, UploadId, VersionId},
    resources::Object,
};

/// An object that is ready to be published: its record, and the parts it is made of.
pub(crate) struct NewObject {
    id: VersionId,
    record: Bytes,
    parts: Vec<PartEntry>,
    /// Content that is nobody's if the object is not published.
    fresh: Option<BlobId>,
}

impl NewObject {
    /// An object whose content was received whole.
    pub(crate) fn whole(id: VersionId, record: Bytes, content: &Content) -> Self {
        let fresh = if let Content::Blob(blob) = content { Some(blob.id()) } else { None };
        Self { id, record, parts: Vec::new(), fresh }
    }

    /// An object made of the parts of an upload, which has them until the object is published.
    pub(crate) fn of_parts(id: VersionId, record: Bytes, parts: Vec<PartEntry>) -> Self {
        Self { id, record, parts, fresh: None }
    }

    /// What it will be.
    pub(crate) fn head(&self) -> Result<Head, Damaged> {
        Head::read(&self.record)
    }

    /// Its id and its record as the version after `top`.
    fn after(&self, top: Option<&Kept>) -> Result<(VersionId, Bytes), Damaged> {
        let id = self.id.after(top.map(Kept::id));
        match id == self.id {
            true => Ok((id, self.record.clone())),
            false => Ok((id, Head::read(&self.record)?.with(records::Change::Id(id))?)),
        }
    }

    fn lists(&self) -> Vec<Bytes> {
        self.parts.chunks(PartList::MAX).map(|parts| PartList::write(parts).into()).collect()
    }
}

/// The upload that ends when its object is published.
pub(crate) struct Ends<'p> {
    pub(crate) permit: &'p Permit<'p, action::PutObject>,
    pub(crate) id: UploadId,
    pub(crate) version: Version,
    /// Its parts' records, none of which may have been replaced meanwhile.
    pub(crate) parts: Vec<(Bytes, Version)>,
}

impl<'p> Ends<'p> {
    pub(super) fn apply(&self, transaction: &mut Transaction<'p>) {
        transaction.under(self.permit).expect_version("", self.version).delete("");
        for (key, version) in &self.parts {
            transaction.expect_version(key, *version).delete(key);
        }
    }
}

/// What the key must hold before a write.
///
/// Source: S3 User Guide, "Add preconditions to S3 operations with conditional requests".
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct WriteConditions<'a> {
    /// The entity tag of what is there.
    pub(crate) if_match: Option<&'a str>,
    /// `*`: nothing is there.
    pub(crate) if_none_match: Option<&'a str>,
}

/// So often a write begins again when another one to the same key was faster: of all that wait for one flush of the disk
/// one gets through.
pub(super) const ATTEMPTS: usize = 512;

impl WriteConditions<'_> {
    fn check(&self, key: &str, old: Option<&Head>) -> Result<(), Error> {
        match (self.if_match, old) {
            (Some(_), None) => return Err(Error::NoSuchKey(key.to_owned())),
            (Some(tags), Some(old)) if !matches(tags, &old.etag) => {
                return Err(Error::PreconditionFailed("If-Match"));
            }
            _ => {}
        }
        match (self.if_none_match, old) {
            (Some("*"), Some(_)) => Err(Error::PreconditionFailed("If-None-Match")),
            (Some("*"), None) | (None, _) => Ok(()),
            (Some(_), _) => {
                Err(Error::NotImplemented("If-None-Match with anything but *, in a write".into()))
            }
        }
    }
}

impl S3 {
    /// Publishes an object as the current version of its key, and ends the upload that it comes of, in one
    /// transaction; then discards what was replaced. Gives the new version's id.
    pub(crate) async fn publish<'p, G>(
        &'p self,
        permit: &'p G,
        new: &NewObject,
        conditions: WriteConditions<'_>,
        ends: Option<&Ends<'p>>,
    ) -> Result<VersionId, Error>
    where
        G: Grant<Access = Write, Resource = Object> + Sync,
    {
        match self.try_publish(permit, new, conditions, ends).await {
            Ok((id, doomed)) => {
                self.discard_all(doomed);
                Ok(id)
            }
            Err(error) => {
                self.readers.discard(new.fresh.into_iter().collect());
                Err(match (error, ends) {
                    (Error::UploadOver, Some(ends)) => Error::NoSuchUpload(ends.id.to_string()),
                    (error, _) => error,
                })
            }
        }
    }

    async fn try_publish<'p, G>(
        &'p self,
        permit: &'p G,
        new: &NewObject,
        conditions: WriteConditions<'_>,
        ends: Option<&Ends<'p>>,
    ) -> Result<(VersionId, Vec<Vec<BlobId>>), Error>
    where
        G: Grant<Access = Write, Resource = Object> + Sync,
    {
        let key = permit.resource().key();
        for _ in 0..ATTEMPTS {
            let mut change = Change::new(&self.store.write(permit), permit);
            let top = change.top()?;
            conditions.check(key, top.as_ref().and_then(|top| top.kept.head()))?;
            let (id, record) = new.after(top.as_ref().map(|top| &top.kept))?;
            let (record, goes) = permit.resource().to_be_copied(record)?;
            change.make_room(top.as_ref())?;
            change.put_object(record, new.lists());
            if let Some(ends) = ends {
                change.end(ends);
            }
            if let Some(doomed) = change.commit().await? {
                self.copy_later(permit.resource(), id, goes);
                return Ok((id, doomed));
            }
        }
        Err(Error::ConditionalRequestConflict(key.to_owned()))
    }

    pub(super) fn discard_all(&self, contents: Vec<Vec<BlobId>>) {
        contents.into_iter().for_each(|blobs| self.readers.discard(blobs));
    }
}
