use bytes::Bytes;
use kurodo_authz::{Grant, Permit, Write};
use kurodo_store::{StoreError, Transaction, Version, Versioned, Writer, blobs::BlobId};

use super::outlet::read_lists;
use crate::{
    Error, S3, action,
    conditions::matches,
    layout,
    records::{Content, Head, PartEntry, PartList, UploadId},
    resources::Object,
};

/// An object that is ready to be published: its record, and the parts it is made of.
pub(crate) struct NewObject {
    record: Bytes,
    parts: Vec<PartEntry>,
    /// Content that is nobody's if the object is not published.
    fresh: Option<BlobId>,
}

impl NewObject {
    /// An object whose content was received whole.
    pub(crate) fn whole(record: Bytes, content: &Content) -> Self {
        let fresh = if let Content::Blob(blob) = content { Some(blob.id()) } else { None };
        Self { record, parts: Vec::new(), fresh }
    }

    /// An object made of the parts of an upload, which has them until the object is published.
    pub(crate) fn of_parts(record: Bytes, parts: Vec<PartEntry>) -> Self {
        Self { record, parts, fresh: None }
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
    fn apply(&self, transaction: &mut Transaction<'p>) {
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

/// So often a write begins again when another one to the same key was faster.
const ATTEMPTS: usize = 32;

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

/// What was there before.
pub(crate) struct Old {
    found: Option<Versioned<Bytes>>,
    pub(crate) head: Option<Head>,
    blobs: Vec<BlobId>,
}

impl Old {
    /// Reads what is at the key, and which blobs it is made of.
    pub(crate) fn read(writer: &Writer<'_>) -> Result<Self, Error> {
        let found = writer.get("")?;
        let head = found.as_ref().map(|found| Head::read(&found.value)).transpose()?;
        let blobs = match head.as_ref().map(|head| &head.content) {
            Some(Content::Blob(blob)) => vec![blob.id()],
            Some(Content::Parts { lists, .. }) => {
                let get = |key: [u8; 2]| writer.get(key).map(|record| record.map(|record| record.value));
                read_lists(*lists, get)?.iter().map(|entry| entry.blob.id()).collect()
            }
            _ => Vec::new(),
        };
        Ok(Self { found, head, blobs })
    }

    /// The records beside the object's own.
    fn lists(&self) -> u16 {
        match self.head.as_ref().map(|head| &head.content) {
            Some(Content::Parts { lists, .. }) => *lists,
            _ => 0,
        }
    }

    /// Lets the transaction rely on its still being there.
    pub(crate) fn expect(&self, transaction: &mut Transaction<'_>) {
        match &self.found {
            Some(found) => transaction.expect_version("", found.version),
            None => transaction.expect_absent(""),
        };
    }

    /// Lets the transaction delete it.
    pub(crate) fn delete(&self, transaction: &mut Transaction<'_>) {
        transaction.delete("");
        for list in 0..self.lists() {
            transaction.delete(layout::numbered(list));
        }
    }
}

impl S3 {
    /// Publishes an object in place of what is at its key, and ends the upload that it comes of, in one transaction;
    /// then discards what was there.
    pub(crate) async fn publish<'p, G>(
        &'p self,
        permit: &'p G,
        new: &NewObject,
        conditions: WriteConditions<'_>,
        ends: Option<&Ends<'p>>,
    ) -> Result<(), Error>
    where
        G: Grant<Access = Write, Resource = Object> + Sync,
    {
        let outcome = self.try_publish(permit, new, conditions, ends).await;
        match &outcome {
            Ok(old) => self.readers.discard(old.clone()),
            Err(_) => self.readers.discard(new.fresh.into_iter().collect()),
        }
        outcome.map(drop)
    }

    async fn try_publish<'p, G>(
        &'p self,
        permit: &'p G,
        new: &NewObject,
        conditions: WriteConditions<'_>,
        ends: Option<&Ends<'p>>,
    ) -> Result<Vec<BlobId>, Error>
    where
        G: Grant<Access = Write, Resource = Object> + Sync,
    {
        let object = permit.resource();
        for _ in 0..ATTEMPTS {
            let writer = self.store.write(permit);
            let old = Old::read(&writer)?;
            conditions.check(object.key(), old.head.as_ref())?;
            let mut transaction = writer.transaction();
            old.expect(&mut transaction);
            old.delete(&mut transaction);
            put(&mut transaction, new);
            transaction.expect_fact(&object.facts().exists);
            if let Some(ends) = ends {
                ends.apply(&mut transaction);
            }
            match transaction.commit().await {
                Ok(_) => return Ok(old.blobs),
                Err(error) => again(error, object, ends)?,
            }
        }
        Err(Error::ConditionalRequestConflict(object.key().to_owned()))
    }

    /// Deletes what is at the key, if `condition` lets it; whether anything was there makes no difference.
    pub(crate) async fn remove<G>(
        &self,
        permit: &G,
        condition: impl Fn(Option<&Head>) -> Result<(), Error> + Send + Sync,
    ) -> Result<(), Error>
    where
        G: Grant<Access = Write, Resource = Object> + Sync,
    {
        let object = permit.resource();
        for _ in 0..ATTEMPTS {
            let writer = self.store.write(permit);
            let old = Old::read(&writer)?;
            condition(old.head.as_ref())?;
            if old.found.is_none() {
                return Ok(());
            }
            let mut transaction = writer.transaction();
            old.expect(&mut transaction);
            old.delete(&mut transaction);
            match transaction.commit().await {
                Ok(_) => {
                    self.readers.discard(old.blobs);
                    return Ok(());
                }
                Err(error) => again(error, object, None)?,
            }
        }
        Err(Error::ConditionalRequestConflict(object.key().to_owned()))
    }
}

/// Whether a transaction that failed is worth another attempt: one that relied on something else at the key is.
fn again(error: StoreError, object: &Object, ends: Option<&Ends<'_>>) -> Result<(), Error> {
    match (error.conflict().map(|conflict| conflict.which), ends) {
        (Some(0), _) => Ok(()),
        (Some(1), _) => Err(Error::NoSuchBucket(object.facts().name.clone())),
        (Some(2), Some(ends)) => Err(Error::NoSuchUpload(ends.id.to_string())),
        _ => Err(error.into()),
    }
}

fn put(transaction: &mut Transaction<'_>, new: &NewObject) {
    transaction.put("", new.record.clone());
    for (number, parts) in (0..).zip(new.parts.chunks(PartList::MAX)) {
        transaction.put(layout::numbered(number), PartList::write(parts));
    }
}
