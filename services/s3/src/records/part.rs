use bytes::Bytes;
use kurodo_store::blobs::BlobRef;

use super::{
    codec::{Damaged, In, Out},
    content::{blob, read_checksum, write_checksum},
};
use crate::checksum::Checksum;

/// An uploaded part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// When it was uploaded, in milliseconds since 1970.
    pub(crate) modified_ms: i64,
    /// Its entity tag: its MD5, or random bytes where the customer's key protects it.
    pub(crate) etag: [u8; 16],
    pub(crate) blob: BlobRef,
    /// The checksum in the upload's algorithm.
    pub(crate) checksum: Option<Checksum>,
    /// What the client gave, where that is in another algorithm.
    pub(crate) given: Option<Checksum>,
}

const VERSION: u8 = 1;

impl Part {
    pub(crate) fn to_record(&self) -> Bytes {
        let mut out = Out::with_capacity(64 + BlobRef::LEN);
        out.u8(VERSION).i64(self.modified_ms).raw(&self.etag).raw(&self.blob.to_bytes());
        write_checksum(&mut out, self.checksum.as_ref());
        write_checksum(&mut out, self.given.as_ref());
        out.finish().into()
    }

    pub(crate) fn read(record: &Bytes) -> Result<Self, Damaged> {
        let mut input = In::versioned(record, VERSION, "uploaded part")?;
        let (modified_ms, etag) = (input.i64()?, input.array()?);
        let (blob, checksum) = (blob(&mut input)?, read_checksum(&mut input)?);
        let part = Self { modified_ms, etag, blob, checksum, given: read_checksum(&mut input)? };
        input.end()?;
        Ok(part)
    }
}
