use bytes::Bytes;
use kurodo_authz::Grant;
use kurodo_store::{Reader, Scan, StoreError, Version, Versioned};

use crate::{
    Error, layout,
    records::{Damaged, Kept, PartEntry, PartList, VersionId, Wanted},
    resources::Object,
};

/// Where a version lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Among the objects: it is the key's current version.
    Current,
    /// It is the key's current version, and a delete marker.
    Marker,
    /// Among the older versions.
    Older(VersionId),
}

impl Place {
    /// The key of its record, below the object or below the object's versions.
    pub(crate) fn key(&self) -> Vec<u8> {
        match self {
            Self::Current | Self::Marker => Vec::new(),
            Self::Older(id) => id.key(),
        }
    }

    /// The key of one of the lists of its parts.
    pub(super) fn list(&self, number: u16) -> Vec<u8> {
        [self.key().as_slice(), &layout::numbered(number)].concat()
    }
}

/// A version where it lies.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    pub(crate) place: Place,
    /// Of its record.
    pub(crate) version: Version,
    pub(crate) record: Bytes,
    pub(crate) kept: Kept,
}

impl Placed {
    pub(crate) fn read(place: Place, found: Versioned<Bytes>) -> Result<Self, Error> {
        let kept = Kept::read(&found.value)?;
        Ok(Self { place, version: found.version, record: found.value, kept })
    }
}

/// The part of the records that begins with some bytes.
struct Below<'r> {
    reader: Reader<'r>,
    prefix: Vec<u8>,
}

impl Below<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Versioned<Bytes>>, StoreError> {
        if self.prefix.is_empty() {
            self.reader.get(key)
        } else {
            self.reader.get([&self.prefix, key].concat())
        }
    }
}

/// The versions of one key.
pub(crate) struct Versions<'r> {
    objects: Below<'r>,
    versions: Below<'r>,
}

impl<'r> Versions<'r> {
    /// Those of an object, by a reader of everything.
    pub(crate) fn stored(reader: &Reader<'r>, object: &[u8], versions: &[u8]) -> Self {
        let below = |prefix: &[u8]| Below { reader: reader.clone(), prefix: prefix.to_vec() };
        Self { objects: below(object), versions: below(versions) }
    }

    /// Those of the object that a permit is for, from the same state as the reader's.
    pub(crate) fn granted<G: Grant<Resource = Object>>(reader: &Reader<'_>, permit: &'r G) -> Self {
        let below = |reader| Below { reader, prefix: Vec::new() };
        Self { objects: below(reader.beside(permit)), versions: below(reader.annex(permit)) }
    }

    /// The object that is the current version.
    pub(crate) fn object(&self) -> Result<Option<Placed>, Error> {
        self.at(Place::Current)
    }

    /// The delete marker that is the current version.
    pub(crate) fn marker(&self) -> Result<Option<Placed>, Error> {
        self.at(Place::Marker)
    }

    /// The version that a request names, wherever it lies.
    pub(crate) fn find(&self, wanted: &Wanted) -> Result<Option<Placed>, Error> {
        for place in [Place::Current, Place::Marker] {
            if let Some(found) = self.at(place)?.filter(|found| wanted.is(found.kept.id())) {
                return Ok(Some(found));
            }
        }
        match wanted {
            Wanted::Exactly(id) => self.at(Place::Older(*id)),
            Wanted::Null => self.older_null()?.map_or(Ok(None), |id| self.at(Place::Older(id))),
        }
    }

    /// The latest of the older versions.
    pub(crate) fn latest_older(&self) -> Result<Option<Placed>, Error> {
        let within = [self.versions.prefix.as_slice(), &[layout::OLDER]].concat();
        let Some(record) = self.versions.reader.cursor(&Scan::within(within))?.next().transpose()? else {
            return Ok(None);
        };
        let found = Versioned { version: record.version, value: record.value };
        let kept = Kept::read(&found.value)?;
        Placed::read(Place::Older(*kept.id()), found).map(Some)
    }

    /// The parts that a version is made of.
    pub(crate) fn parts(&self, placed: &Placed) -> Result<Vec<PartEntry>, Error> {
        let mut parts = Vec::new();
        for list in self.lists(placed)? {
            parts.extend(PartList::read(&list)?);
        }
        Ok(parts)
    }

    /// The records that list a version's parts.
    pub(super) fn lists(&self, placed: &Placed) -> Result<Vec<Bytes>, Error> {
        let read = |number| {
            let found = self.get(&placed.place, &placed.place.list(number))?;
            found.map(|found| found.value).ok_or_else(|| Damaged("list of parts").into())
        };
        (0..placed.kept.lists()).map(read).collect()
    }

    /// Which of the older versions is the null version.
    fn older_null(&self) -> Result<Option<VersionId>, Error> {
        let Some(found) = self.versions.get(&[layout::NULL])? else { return Ok(None) };
        let rank: [u8; 8] =
            found.value.as_ref().try_into().map_err(|_| Damaged("place of a null version"))?;
        Ok(Some(VersionId::null_of(u64::from_be_bytes(rank))))
    }

    fn at(&self, place: Place) -> Result<Option<Placed>, Error> {
        self.get(&place, &place.key())?.map(|found| Placed::read(place, found)).transpose()
    }

    fn get(&self, place: &Place, key: &[u8]) -> Result<Option<Versioned<Bytes>>, StoreError> {
        match place {
            Place::Current => self.objects.get(key),
            Place::Marker | Place::Older(_) => self.versions.get(key),
        }
    }
}
