use std::collections::HashSet;

use kurodo_store::{CoreDoor, KeyParser, MalformedKey, Scan, blobs::BlobId};

use crate::{
    Error, layout,
    records::{Content, Damaged, Kept, Part, PartList, VersionId},
};

/// The blobs that objects and uploads refer to, for the sweep that removes all others.
///
/// # Errors
/// When the records cannot be read, or one of them is damaged: nothing must be removed then.
pub fn live_blobs(door: &CoreDoor) -> Result<HashSet<BlobId>, Error> {
    let reader = door.read();
    let mut live = HashSet::new();
    for record in reader.cursor(&Scan::within([layout::CONTENTS]))? {
        let record = record?;
        match What::lies_at(&record.key).map_err(|_| Damaged("key of an object"))? {
            What::Version => {
                if let Some(Content::Blob(blob)) = Kept::read(&record.value)?.head().map(|head| &head.content)
                {
                    live.insert(blob.id());
                }
            }
            What::PartList => live.extend(PartList::read(&record.value)?.iter().map(|entry| entry.blob.id())),
            What::NullPlace | What::Upload => {}
            What::Part => drop(live.insert(Part::read(&record.value)?.blob.id())),
        }
    }
    Ok(live)
}

/// What a record among the contents of buckets is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// A version: current or older, an object or a delete marker.
    Version,
    /// Where a null version is.
    NullPlace,
    PartList,
    Upload,
    Part,
}

impl What {
    pub(crate) fn lies_at(key: &[u8]) -> Result<Self, MalformedKey> {
        let mut parser = KeyParser::new(key);
        let (_namespace, _bucket) = (parser.byte()?, (parser.number()?, parser.number()?));
        let kind = parser.byte()?;
        parser.part()?;
        match kind {
            layout::OBJECTS => Ok(if parser.end().is_ok() { Self::Version } else { Self::PartList }),
            layout::VERSIONS => Self::among_versions(parser),
            layout::UPLOADS => {
                let _id = (parser.number()?, parser.number()?);
                Ok(if parser.end().is_ok() { Self::Upload } else { Self::Part })
            }
            _ => Err(MalformedKey),
        }
    }

    fn among_versions(mut parser: KeyParser<'_>) -> Result<Self, MalformedKey> {
        if parser.end().is_ok() {
            return Ok(Self::Version);
        }
        match parser.byte()? {
            layout::NULL => parser.end().map(|()| Self::NullPlace),
            layout::OLDER => {
                VersionId::parse_key(&mut parser)?;
                Ok(if parser.end().is_ok() { Self::Version } else { Self::PartList })
            }
            _ => Err(MalformedKey),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{BucketId, UploadId};

    #[test]
    fn every_record_is_told_from_the_others() {
        let bucket = BucketId::from_bytes([0; 16]);
        let object = layout::object(bucket, "a\0b");
        let upload = layout::upload(bucket, "a", UploadId::from_halves(0, 0));
        let numbered = |scope: &kurodo_authz::Scope| [scope.prefix(), &layout::numbered(0)].concat();
        assert_eq!(What::lies_at(object.prefix()), Ok(What::Version));
        assert_eq!(What::lies_at(&numbered(&object)), Ok(What::PartList));
        let versions = layout::versions(bucket, "a\0b");
        let below = |key: &[u8]| What::lies_at(&[versions.prefix(), key].concat());
        let older = VersionId::null(7).key();
        assert_eq!(below(&[]), Ok(What::Version));
        assert_eq!(below(&[layout::NULL]), Ok(What::NullPlace));
        assert_eq!(below(&older), Ok(What::Version));
        assert_eq!(below(&[older.as_slice(), &layout::numbered(0)].concat()), Ok(What::PartList));
        assert!(below(b"x").is_err());
        assert_eq!(What::lies_at(upload.prefix()), Ok(What::Upload));
        assert_eq!(What::lies_at(&numbered(&upload)), Ok(What::Part));
        assert!(What::lies_at(b"x").is_err());
    }
}
