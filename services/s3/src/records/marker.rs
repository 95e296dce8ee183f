use bytes::Bytes;

use super::{
    Owner, VersionId,
    codec::{Damaged, In, Out},
};
use crate::replication::Status;

/// A delete marker: a version that says that there is no object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marker {
    pub(crate) id: VersionId,
    /// When it was put, in milliseconds since 1970.
    pub(crate) modified_ms: i64,
    /// Who put it; `None` where that is the bucket's owner.
    pub(crate) owner: Option<Owner>,
    /// How far it is on its way to other buckets, if it is to go to any.
    pub(crate) status: Option<Status>,
}

impl Marker {
    /// Unlike the version of any other record that lies where a marker can.
    pub(super) const VERSION: u8 = 128;

    pub(crate) fn to_record(&self) -> Result<Bytes, Damaged> {
        let owner =
            self.owner.as_ref().map(serde_json::to_vec).transpose().map_err(|_| Damaged("delete marker"))?;
        let mut out = Out::with_capacity(128);
        out.u8(Self::VERSION);
        self.id.write(&mut out);
        out.i64(self.modified_ms).short(owner.as_deref().unwrap_or_default());
        if let Some(status) = self.status {
            out.short(status.word().as_bytes());
        }
        Ok(out.finish().into())
    }

    pub(crate) fn read(record: &Bytes) -> Result<Self, Damaged> {
        let mut input = In::versioned(record, Self::VERSION, "delete marker")?;
        let (id, modified_ms) = (VersionId::read(&mut input)?, input.i64()?);
        let owner = match input.short()? {
            [] => None,
            owner => Some(serde_json::from_slice(owner).map_err(|_| input.damaged())?),
        };
        let status = if input.is_empty() { None } else { Status::of_word(&input.text()?) };
        input.end()?;
        Ok(Self { id, modified_ms, owner, status })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_as_written() {
        for (owner, status) in [(None, None), (Some(Owner::anonymous()), Some(Status::Pending))] {
            let marker = Marker { id: VersionId::new(7).unwrap(), modified_ms: 7, owner, status };
            let record = marker.to_record().unwrap();
            assert_eq!(Marker::read(&record).unwrap(), marker);
            assert!(Marker::read(&record.slice(..record.len() - 1)).is_err());
        }
    }
}
