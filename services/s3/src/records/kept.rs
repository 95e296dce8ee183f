use bytes::Bytes;

use super::{Change, Damaged, Head, Marker, VersionId};
use crate::replication::Status;

/// A version, as it is kept: an object or a delete marker.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "nearly all are objects, and reading one should not allocate")]
pub(crate) enum Kept {
    /// An object.
    Object(Head),
    /// That there is none.
    Marker(Marker),
}

impl Kept {
    /// Reads a record.
    pub(crate) fn read(record: &Bytes) -> Result<Self, Damaged> {
        match record.first() {
            Some(&Marker::VERSION) => Marker::read(record).map(Self::Marker),
            _ => Head::read(record).map(Self::Object),
        }
    }

    /// Which version it is.
    pub(crate) fn id(&self) -> &VersionId {
        match self {
            Self::Object(head) => &head.id,
            Self::Marker(marker) => &marker.id,
        }
    }

    /// The object, if it is one.
    pub(crate) fn head(&self) -> Option<&Head> {
        match self {
            Self::Object(head) => Some(head),
            Self::Marker(_) => None,
        }
    }

    /// How far it is on its way to other buckets.
    pub(crate) fn status(&self) -> Result<Option<Status>, Damaged> {
        match self {
            Self::Object(head) => head.status(),
            Self::Marker(marker) => Ok(marker.status),
        }
    }

    /// Whether it is to be copied, still.
    pub(crate) fn is_pending(&self) -> Result<bool, Damaged> {
        Ok(self.status()? == Some(Status::Pending))
    }

    /// The same version, so far on its way, as a record.
    pub(crate) fn with_status(&self, status: Status) -> Result<Bytes, Damaged> {
        match self {
            Self::Object(head) => head.with(Change::Status(status)),
            Self::Marker(marker) => Marker { status: Some(status), ..marker.clone() }.to_record(),
        }
    }

    /// The records that list the object's parts.
    pub(crate) fn lists(&self) -> u16 {
        self.head().map_or(0, |head| head.content.lists())
    }
}
