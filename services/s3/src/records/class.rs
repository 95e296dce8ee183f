use serde::{Deserialize, Serialize};

use crate::{
    Error,
    model::{ObjectStorageClass, ObjectVersionStorageClass, StorageClass},
};

/// The storage class of an object. All of them lie on the same disk.
///
/// Source: S3 User Guide, "Understanding and managing Amazon S3 storage classes".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[repr(u8)]
pub(crate) enum Class {
    #[default]
    Standard = 0,
    ReducedRedundancy = 1,
    StandardIa = 2,
    IntelligentTiering = 3,
    OnezoneIa = 4,
    GlacierIr = 5,
    Glacier = 6,
    DeepArchive = 7,
}

impl Class {
    const ALL: [(Self, StorageClass, ObjectStorageClass); 8] = [
        (Self::Standard, StorageClass::Standard, ObjectStorageClass::Standard),
        (Self::ReducedRedundancy, StorageClass::ReducedRedundancy, ObjectStorageClass::ReducedRedundancy),
        (Self::StandardIa, StorageClass::StandardIa, ObjectStorageClass::StandardIa),
        (Self::IntelligentTiering, StorageClass::IntelligentTiering, ObjectStorageClass::IntelligentTiering),
        (Self::OnezoneIa, StorageClass::OnezoneIa, ObjectStorageClass::OnezoneIa),
        (Self::GlacierIr, StorageClass::GlacierIr, ObjectStorageClass::GlacierIr),
        (Self::Glacier, StorageClass::Glacier, ObjectStorageClass::Glacier),
        (Self::DeepArchive, StorageClass::DeepArchive, ObjectStorageClass::DeepArchive),
    ];

    pub(super) fn numbered(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|(class, ..)| *class as u8 == number).map(|(class, ..)| class)
    }

    /// The class that a request asks for.
    ///
    /// Source: S3 API Reference, `PutObject`, "x-amz-storage-class".
    ///
    /// # Errors
    /// One of other kinds of buckets.
    pub(crate) fn asked(word: Option<StorageClass>) -> Result<Self, Error> {
        let Some(word) = word else { return Ok(Self::Standard) };
        let found = Self::ALL.into_iter().find(|(_, known, _)| *known == word);
        found.map(|(class, ..)| class).ok_or_else(|| Error::InvalidStorageClass(word.to_string()))
    }

    /// Whether what is stored in this class must be restored before it can be read.
    ///
    /// Source: S3 User Guide, "Restoring an archived object".
    pub(crate) fn is_archived(self) -> bool {
        matches!(self, Self::Glacier | Self::DeepArchive)
    }

    fn words(self) -> (StorageClass, ObjectStorageClass) {
        let found = Self::ALL.into_iter().find(|(class, ..)| *class == self);
        found.map_or((StorageClass::Standard, ObjectStorageClass::Standard), |(_, word, listed)| {
            (word, listed)
        })
    }

    /// The class's name.
    pub(crate) fn word(self) -> StorageClass {
        self.words().0
    }

    /// The class as replies to reads show it, which is not at all for the usual one.
    pub(crate) fn shown(self) -> Option<StorageClass> {
        (self != Self::Standard).then(|| self.word())
    }

    /// The class as lists of objects show it.
    pub(crate) fn listed(self) -> ObjectStorageClass {
        self.words().1
    }

    /// The class as lists of versions show it: they know one only.
    pub(crate) fn of_version(self) -> Option<ObjectVersionStorageClass> {
        (self == Self::Standard).then_some(ObjectVersionStorageClass::Standard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_of_other_buckets_are_none() {
        assert_eq!(Class::asked(None).unwrap(), Class::Standard);
        assert_eq!(Class::asked(Some(StorageClass::GlacierIr)).unwrap(), Class::GlacierIr);
        for word in [StorageClass::ExpressOnezone, StorageClass::Outposts, StorageClass::Snow] {
            assert!(matches!(Class::asked(Some(word)), Err(Error::InvalidStorageClass(_))), "{word}");
        }
    }

    #[test]
    fn two_classes_are_restored_from() {
        let archived: Vec<_> =
            Class::ALL.into_iter().map(|(class, ..)| class).filter(|class| class.is_archived()).collect();
        assert_eq!(archived, [Class::Glacier, Class::DeepArchive]);
    }

    #[test]
    fn every_class_is_read_as_it_is_written() {
        for (class, word, _) in Class::ALL {
            assert_eq!(Class::numbered(class as u8), Some(class));
            assert_eq!(class.word(), word);
        }
        assert_eq!(Class::numbered(77), None);
    }
}
