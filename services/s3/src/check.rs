use std::collections::HashMap;

use kurodo_keys::{KeyWrap, SecretKey, WrappedKey};
use kurodo_store::{
    AccountKeys, CoreDoor, KeyBuilder, KeyParser, Record, Scan,
    blobs::{BlobRef, Blobs},
};

use crate::{
    Error,
    layout::{self, Setting},
    records::{Content, Damaged, Head, Identity, Kept, Part, PartList, Upload},
    sweep::What,
};

/// What a check of all contents found.
#[derive(Debug, Default)]
pub struct Checked {
    /// Contents, or parts of some, every byte of which is as it was written.
    pub whole: u64,
    /// Contents that lie under customers' keys, or keys of KMS: who holds the key alone can verify them.
    pub closed: u64,
    /// What is damaged, in words.
    pub damaged: Vec<String>,
}

/// Opens the key of every bucket, and reads the content of every object and of every part of an upload. Blocks.
///
/// # Errors
/// When the records cannot be read. Damage is no error but what the check reports.
pub fn check(door: &CoreDoor, blobs: &Blobs, keys: &AccountKeys) -> Result<Checked, Error> {
    let mut found = Checked::default();
    let buckets = buckets(door, keys, &mut found)?;
    let mut check = Check { blobs, buckets, found, is_closed: false };
    for record in door.read().cursor(&Scan::within([layout::CONTENTS]))? {
        check.record(&record?);
    }
    Ok(check.found)
}

/// A bucket's name and key; no key where it does not open.
type Bucket = (String, Option<SecretKey>);

/// Every bucket, by the bytes of its id.
fn buckets(
    door: &CoreDoor,
    keys: &AccountKeys,
    found: &mut Checked,
) -> Result<HashMap<Vec<u8>, Bucket>, Error> {
    let mut buckets = HashMap::new();
    for record in door.read().cursor(&Scan::within([layout::BUCKETS]))? {
        let record = record?;
        let mut parser = KeyParser::new(&record.key);
        let malformed = |_| Damaged("key of a bucket");
        parser.byte().map_err(malformed)?;
        let name = parser.text().map_err(malformed)?.into_owned();
        if parser.byte().map_err(malformed)? != Setting::Identity as u8 {
            continue;
        }
        let identity: Identity = serde_json::from_slice(&record.value).map_err(|_| Damaged("bucket"))?;
        let key = key(&identity, keys)
            .map_err(|error| found.damaged.push(format!("the key of bucket {name}: {error}")))
            .ok();
        buckets.insert(identity.id.bytes().to_vec(), (name, key));
    }
    Ok(buckets)
}

fn key(identity: &Identity, keys: &AccountKeys) -> Result<SecretKey, Error> {
    let keyring = keys.find(identity.account()?)?.ok_or(Damaged("account's keyring"))?;
    Ok(keyring.unwrap(&WrappedKey::from_bytes(&identity.key)?, identity.id.bytes())?)
}

struct Check<'a> {
    blobs: &'a Blobs,
    buckets: HashMap<Vec<u8>, Bucket>,
    found: Checked,
    /// Whether the object or upload that the current records belong to lies under a key of its customer's or of KMS.
    is_closed: bool,
}

impl Check<'_> {
    /// One record among the contents, and the bytes that it refers to.
    fn record(&mut self, record: &Record) {
        if let Err(error) = self.content(record) {
            let place = self.place(&record.key).unwrap_or_else(|| "a record of no object".to_owned());
            self.found.damaged.push(format!("{place}: {error}"));
        }
    }

    fn content(&mut self, record: &Record) -> Result<(), Error> {
        match What::lies_at(&record.key).map_err(|_| Damaged("key of an object"))? {
            What::Version => match Kept::read(&record.value)? {
                Kept::Object(head) => {
                    // Of two layers the outer one is the bucket's.
                    let kms = head.kms.as_ref().is_some_and(|kms| !kms.dual);
                    self.is_closed = head.customer_key.is_some() || kms;
                    self.bytes(record, &head)
                }
                Kept::Marker(_) => Ok(()),
            },
            What::NullPlace => Ok(()),
            What::PartList => {
                let parts = PartList::read(&record.value)?;
                parts.iter().try_for_each(|part| self.blob(record, &part.blob))
            }
            What::Upload => {
                let upload = Upload::read(&record.value)?;
                let kms = upload.kms.is_some_and(|kms| !kms.dual);
                self.is_closed = upload.customer_key.is_some() || kms;
                Ok(())
            }
            What::Part => self.blob(record, &Part::read(&record.value)?.blob),
        }
    }

    fn bytes(&mut self, record: &Record, head: &Head) -> Result<(), Error> {
        match &head.content {
            Content::Empty | Content::Parts { .. } => Ok(()),
            Content::Blob(blob) => self.blob(record, blob),
            Content::Inline(inline) => self.verify(record, |_, key| {
                let object = object_of(&record.key).ok_or(Damaged("key of an object"))?;
                inline.open(key, &layout::sealed_at(&object, &head.id))?;
                Ok(())
            }),
        }
    }

    fn blob(&mut self, record: &Record, blob: &BlobRef) -> Result<(), Error> {
        self.verify(record, |blobs, key| Ok(blobs.verify(blob, key)?))
    }

    /// Verifies something under the bucket's key. Where that key does not open, it was told already.
    fn verify(
        &mut self,
        record: &Record,
        verify: impl FnOnce(&Blobs, &SecretKey) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if self.is_closed {
            self.found.closed += 1;
            return Ok(());
        }
        let (_, key) = self.bucket(&record.key).ok_or(Damaged("bucket of an object"))?;
        if let Some(key) = key {
            verify(self.blobs, key)?;
            self.found.whole += 1;
        }
        Ok(())
    }

    fn bucket(&self, key: &[u8]) -> Option<&Bucket> {
        self.buckets.get(key.get(1..17)?)
    }

    /// Which object a record belongs to, for people.
    fn place(&self, key: &[u8]) -> Option<String> {
        let (bucket, _) = self.bucket(key)?;
        let mut parser = KeyParser::new(key.get(18..)?);
        let object = parser.text().ok()?;
        Some(format!("object {object:?} of bucket {bucket}"))
    }
}

/// Where the object lies that a record is a version of.
fn object_of(key: &[u8]) -> Option<Vec<u8>> {
    let (bucket, below) = key.split_at_checked(17)?;
    let mut parser = KeyParser::new(below.get(1..)?);
    let name = parser.part().ok()?;
    let name = KeyBuilder::relative().byte(layout::OBJECTS).part(name).build();
    Some([bucket, &name].concat())
}
