use bytes::Bytes;
use kurodo_store::blobs::BlobRef;

use super::{
    Salt,
    codec::{Damaged, In, Out},
};
use crate::checksum::{Algorithm, Checksum};

/// Where an object's bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// There are none.
    Empty,
    /// In the record.
    Inline(Inline),
    /// In one blob.
    Blob(BlobRef),
    /// In one blob for each part; the list of them is in this many records beside the object's.
    Parts {
        /// The parts.
        count: u16,
        /// The records that list them.
        lists: u16,
    },
}

/// Content in the record, sealed under a data key of its own, which is sealed under a key that the salt picks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Inline {
    pub(crate) salt: Salt,
    /// The data key, sealed.
    pub(crate) key: [u8; Inline::KEY],
    /// The content, sealed.
    pub(crate) sealed: Bytes,
}

impl Inline {
    /// The length of a sealed data key in bytes.
    pub(crate) const KEY: usize = kurodo_keys::SecretKey::LEN + kurodo_keys::TAG_LEN;
}

impl Content {
    /// The records that list its parts.
    pub(crate) fn lists(&self) -> u16 {
        if let Self::Parts { lists, .. } = self { *lists } else { 0 }
    }

    pub(super) fn write(&self, out: &mut Out) {
        match self {
            Self::Empty => out.u8(0),
            Self::Inline(Inline { salt, key, sealed }) => {
                out.u8(1).raw(salt.bytes()).raw(key).section(|out| _ = out.raw(sealed))
            }
            Self::Blob(blob) => out.u8(2).raw(&blob.to_bytes()),
            Self::Parts { count, lists } => out.u8(3).u16(*count).u16(*lists),
        };
    }

    pub(super) fn read(input: &mut In<'_>) -> Result<Self, Damaged> {
        Ok(match input.u8()? {
            0 => Self::Empty,
            1 => {
                let (salt, key) = (Salt::from_bytes(input.array()?), input.array()?);
                Self::Inline(Inline { salt, key, sealed: input.section()? })
            }
            2 => Self::Blob(blob(input)?),
            3 => Self::Parts { count: input.u16()?, lists: input.u16()? },
            _ => return Err(input.damaged()),
        })
    }
}

pub(super) fn blob(input: &mut In<'_>) -> Result<BlobRef, Damaged> {
    let damaged = input.damaged();
    BlobRef::from_bytes(input.raw(BlobRef::LEN)?).map_err(|_| damaged)
}

pub(super) fn write_checksum(out: &mut Out, checksum: Option<&Checksum>) {
    match checksum {
        Some(checksum) => out.u8(checksum.algorithm() as u8).raw(checksum.bytes()),
        None => out.u8(0),
    };
}

pub(super) fn read_checksum(input: &mut In<'_>) -> Result<Option<Checksum>, Damaged> {
    let damaged = input.damaged();
    let number = input.u8()?;
    if number == 0 {
        return Ok(None);
    }
    let algorithm = Algorithm::numbered(number).ok_or(damaged)?;
    Checksum::new(algorithm, input.raw(algorithm.length())?).map(Some).ok_or(damaged)
}

/// One part of a multipart object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PartEntry {
    pub(crate) blob: BlobRef,
    /// The part's checksum, in the algorithm of the upload.
    pub(crate) checksum: Option<Checksum>,
}

/// Some parts of a multipart object, in order.
pub(crate) struct PartList;

impl PartList {
    /// The most parts in one record, which keeps it below 64 KiB.
    pub(crate) const MAX: usize = 512;
    const VERSION: u8 = 1;

    /// What an object says of these parts.
    pub(crate) fn content(parts: &[PartEntry]) -> Content {
        let number = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        Content::Parts { count: number(parts.len()), lists: number(parts.len().div_ceil(Self::MAX)) }
    }

    pub(crate) fn write(parts: &[PartEntry]) -> Vec<u8> {
        let mut out = Out::with_capacity(1 + parts.len() * (BlobRef::LEN + 33));
        out.u8(Self::VERSION);
        for part in parts {
            out.raw(&part.blob.to_bytes());
            write_checksum(&mut out, part.checksum.as_ref());
        }
        out.finish()
    }

    pub(crate) fn read(record: &Bytes) -> Result<Vec<PartEntry>, Damaged> {
        let mut input = In::versioned(record, Self::VERSION, "list of parts")?;
        let mut parts = Vec::new();
        while !input.is_empty() {
            parts.push(PartEntry { blob: blob(&mut input)?, checksum: read_checksum(&mut input)? });
        }
        Ok(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_parts_take_several_lists() {
        let content = |count| PartList::content(&vec![part(); count]);
        assert_eq!(content(512), Content::Parts { count: 512, lists: 1 });
        assert_eq!(content(513), Content::Parts { count: 513, lists: 2 });
        assert_eq!(content(10_000), Content::Parts { count: 10_000, lists: 20 });
    }

    #[test]
    fn lists_are_read_as_written_and_damage_is_found() {
        let parts = vec![part(); PartList::MAX];
        let record: Bytes = PartList::write(&parts).into();
        assert!(record.len() <= 64 << 10, "{}", record.len());
        assert_eq!(PartList::read(&record).unwrap(), parts);
        assert!(PartList::read(&record.slice(..record.len() - 1)).is_err());
    }

    fn part() -> PartEntry {
        let blob =
            BlobRef::from_bytes(&[0; BlobRef::LEN]).or_else(|_| BlobRef::from_bytes(&[1; BlobRef::LEN]));
        PartEntry { blob: blob.unwrap(), checksum: Checksum::new(Algorithm::Sha256, &[7; 32]) }
    }
}
