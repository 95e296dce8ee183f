use std::sync::Arc;

use bytes::Bytes;

use super::{
    Class, Content, ETag, KmsKey, Lock, Meta, Owner, Progress, Restored, Salt, Tags, VersionId,
    codec::{Damaged, In, Out},
    content::{read_checksum, write_checksum},
};
use crate::{
    acl::Acl,
    checksum::{Kind, Stored},
    replication::Status,
};

/// An object, all but its bytes when there are many.
///
/// Reading one is on the way of every GET: what not every request needs stays as it was stored until it is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) id: VersionId,
    /// The content's length in bytes.
    pub(crate) size: u64,
    /// When it was put, in milliseconds since 1970.
    pub(crate) modified_ms: i64,
    pub(crate) etag: ETag,
    pub(crate) checksum: Option<Stored>,
    pub(crate) content: Content,
    /// Set when the customer's key protects the content.
    pub(crate) customer_key: Option<CustomerKey>,
    /// Set when a key of KMS protects the content.
    pub(crate) kms: Option<Arc<KmsKey>>,
    pub(crate) lock: Lock,
    pub(crate) class: Class,
    /// The copy that was restored last, if any was.
    pub(crate) restored: Option<Restored>,
    meta: Bytes,
    tags: Bytes,
    /// Owner and access control list; empty where the bucket's owner owns the object and nobody else has rights.
    rights: Bytes,
}

/// What recognises a customer's key without knowing it, and makes the object's keys from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct CustomerKey {
    pub(crate) salt: Salt,
    /// A keyed hash of the salt under the customer's key.
    pub(crate) check: [u8; 32],
}

/// What a [`Head`] is made of.
pub(crate) struct HeadParts<'a> {
    pub(crate) id: VersionId,
    pub(crate) size: u64,
    pub(crate) modified_ms: i64,
    pub(crate) etag: ETag,
    pub(crate) checksum: Option<Stored>,
    pub(crate) content: &'a Content,
    pub(crate) customer_key: Option<CustomerKey>,
    pub(crate) kms: Option<&'a KmsKey>,
    pub(crate) lock: Lock,
    pub(crate) class: Class,
    pub(crate) restored: Option<Restored>,
    pub(crate) meta: &'a Meta,
    pub(crate) tags: &'a Tags,
    pub(crate) rights: Option<&'a (Owner, Acl)>,
}

const VERSION: u8 = 2;

/// Whose key protects the content.
const OWN: u8 = 0;
const CUSTOMER: u8 = 1;
const KMS: u8 = 2;

/// Set in the class's byte where a restored copy follows.
const RESTORED: u8 = 0x80;

impl HeadParts<'_> {
    /// The record.
    pub(crate) fn to_record(&self) -> Result<Bytes, Damaged> {
        let rights = self.rights.map(serde_json::to_vec).transpose().map_err(|_| Damaged("object"))?;
        let inline = match self.content {
            Content::Inline(inline) => inline.sealed.len(),
            _ => 0,
        };
        let mut out = Out::with_capacity(352 + inline);
        out.u8(VERSION);
        self.id.write(&mut out);
        out.u64(self.size).i64(self.modified_ms);
        self.etag.write(&mut out);
        write_checksum(&mut out, self.checksum.as_ref().map(|stored| &stored.checksum));
        if let Some(stored) = &self.checksum {
            out.u8(u8::from(stored.kind == Kind::Composite)).u16(stored.parts);
        }
        match (&self.customer_key, self.kms) {
            (Some(key), _) => _ = out.u8(CUSTOMER).raw(key.salt.bytes()).raw(&key.check),
            (None, Some(kms)) => kms.write(out.u8(KMS)),
            (None, None) => _ = out.u8(OWN),
        }
        self.lock.write(&mut out);
        match &self.restored {
            Some(restored) => restored.write(out.u8(self.class as u8 | RESTORED)),
            None => _ = out.u8(self.class as u8),
        }
        out.section(|out| self.meta.write(out));
        out.section(|out| self.tags.write(out));
        out.section(|out| _ = out.raw(rights.as_deref().unwrap_or_default()));
        self.content.write(&mut out);
        Ok(out.finish().into())
    }
}

impl Head {
    /// Reads a record.
    pub(crate) fn read(record: &Bytes) -> Result<Self, Damaged> {
        let mut input = In::versioned(record, VERSION, "object")?;
        let id = VersionId::read(&mut input)?;
        let (size, modified_ms) = (input.u64()?, input.i64()?);
        let etag = ETag::read(&mut input)?;
        let checksum = match read_checksum(&mut input)? {
            Some(checksum) => {
                let kind = if input.u8()? == 0 { Kind::Whole } else { Kind::Composite };
                Some(Stored { checksum, kind, parts: input.u16()? })
            }
            None => None,
        };
        let damaged = input.damaged();
        let (customer_key, kms) = match input.u8()? {
            OWN => (None, None),
            CUSTOMER => {
                (Some(CustomerKey { salt: Salt::from_bytes(input.array()?), check: input.array()? }), None)
            }
            KMS => (None, Some(Arc::new(KmsKey::read(&mut input)?))),
            _ => return Err(damaged),
        };
        let lock = Lock::read(&mut input)?;
        let class = input.u8()?;
        let restored = (class & RESTORED != 0).then(|| Restored::read(&mut input)).transpose()?;
        let class = Class::numbered(class & !RESTORED).ok_or(damaged)?;
        let (meta, tags, rights) = (input.section()?, input.section()?, input.section()?);
        let content = Content::read(&mut input)?;
        input.end()?;
        Ok(Self {
            id,
            size,
            modified_ms,
            etag,
            checksum,
            content,
            customer_key,
            kms,
            lock,
            class,
            restored,
            meta,
            tags,
            rights,
        })
    }

    /// Whether the content must be restored before it is read.
    pub(crate) fn is_away(&self, now_ms: i64) -> bool {
        let copy = self.restored.and_then(|restored| restored.progress(now_ms));
        self.class.is_archived() && !matches!(copy, Some(Progress::Until(_)))
    }

    pub(crate) fn meta(&self) -> Result<Meta, Damaged> {
        Meta::read(&self.meta)
    }

    /// How far it is on its way to other buckets, if it is to go to any.
    pub(crate) fn status(&self) -> Result<Option<Status>, Damaged> {
        Ok(self.meta()?.replication.as_deref().and_then(Status::of_word))
    }

    pub(crate) fn tags(&self) -> Result<Tags, Damaged> {
        Tags::read(&self.tags)
    }

    /// Who owns the object and who else has rights; `None` where it is all the bucket owner's.
    pub(crate) fn rights(&self) -> Result<Option<(Owner, Acl)>, Damaged> {
        if self.rights.is_empty() {
            return Ok(None);
        }
        serde_json::from_slice(&self.rights).map(Some).map_err(|_| Damaged("access control list"))
    }

    /// The same object with something else about it, as a record.
    pub(crate) fn with(&self, change: Change<'_>) -> Result<Bytes, Damaged> {
        let (mut id, mut lock, mut class, mut restored) = (self.id, self.lock, self.class, self.restored);
        let (mut meta, mut tags, mut rights) = (self.meta()?, self.tags()?, self.rights()?);
        match change {
            Change::Id(other) => id = other,
            Change::Tags(other) => tags = other.clone(),
            Change::Rights(other) => rights = other,
            Change::Lock(other) => lock = other,
            Change::Class(other) => class = other,
            Change::Restored(other) => restored = Some(other),
            Change::Status(status) => meta.replication = Some(status.word().to_owned()),
        }
        HeadParts {
            id,
            size: self.size,
            modified_ms: self.modified_ms,
            etag: self.etag,
            checksum: self.checksum,
            content: &self.content,
            customer_key: self.customer_key,
            kms: self.kms.as_deref(),
            lock,
            class,
            restored,
            meta: &meta,
            tags: &tags,
            rights: rights.as_ref(),
        }
        .to_record()
    }
}

impl Change<'_> {
    /// Whether the copies in other buckets change as well.
    pub(crate) fn is_copied(&self) -> bool {
        matches!(self, Self::Tags(_) | Self::Rights(_) | Self::Lock(_))
    }
}

/// What can change about an object while it stays the same version.
pub(crate) enum Change<'a> {
    /// Which version it is: that is settled when it is published.
    Id(VersionId),
    Tags(&'a Tags),
    Rights(Option<(Owner, Acl)>),
    Lock(Lock),
    Class(Class),
    Restored(Restored),
    /// How far it is on its way to other buckets.
    Status(Status),
}
