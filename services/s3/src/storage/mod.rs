//! What buckets take up, as CloudWatch shows it once a day.
//!
//! Source: S3 User Guide, "Metrics and dimensions", "Amazon S3 daily storage metrics for buckets in CloudWatch".

mod rounds;

use std::collections::BTreeMap;

use bytes::Bytes;
pub(crate) use rounds::Rounds;

use crate::{
    listing::Start,
    records::{BucketId, Class, Kept, Part, VersionId},
};

/// What counts at least for an object of the classes that are for larger ones, in bytes.
const LEAST: u64 = 128 << 10;
/// What AWS's archive adds to an object, in bytes.
const ARCHIVED: u64 = 32 << 10;
/// What S3 keeps of an archived object's name, in bytes.
const NAMED: u64 = 8 << 10;

/// What is in a bucket.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Storage {
    /// Bytes by kind of storage, as CloudWatch calls them.
    pub(crate) bytes: BTreeMap<&'static str, u64>,
    /// Objects, older versions, delete markers, and parts of uploads that are under way.
    pub(crate) objects: u64,
}

/// A look through a bucket.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) bucket: BucketId,
    pub(crate) at: At,
    /// The class of the upload that was looked at last.
    pub(crate) class: Class,
    /// What was found so far.
    pub(crate) storage: Storage,
}

/// Where a look goes on.
#[derive(Debug)]
pub(crate) enum At {
    /// Among the versions: behind a key, or behind a version of it.
    Versions(Start, Option<VersionId>),
    /// Among the uploads and their parts, behind this record.
    Uploads(Bytes),
    /// Nowhere: it has seen everything.
    End,
}

impl Look {
    fn new(bucket: BucketId) -> Self {
        let at = At::Versions(Start::Beginning, None);
        Self { bucket, at, class: Class::default(), storage: Storage::default() }
    }
}

impl Storage {
    /// A version more.
    pub(crate) fn version(&mut self, kept: &Kept) {
        self.objects += 1;
        if let Some(head) = kept.head() {
            self.object(head.class, head.size);
        }
    }

    /// An object more, of so many bytes.
    fn object(&mut self, class: Class, size: u64) {
        self.add(own(class), size);
        for (kind, bytes) in overhead(class, size) {
            self.add(kind, bytes);
        }
    }

    /// A part more, of an upload to this class.
    pub(crate) fn part(&mut self, class: Class, part: &Part) {
        self.objects += 1;
        let kind = match class {
            Class::Glacier => "GlacierStagingStorage",
            Class::DeepArchive => "DeepArchiveStagingStorage",
            other => own(other),
        };
        self.add(kind, part.blob.length());
    }

    fn add(&mut self, kind: &'static str, bytes: u64) {
        if bytes > 0 {
            *self.bytes.entry(kind).or_default() += bytes;
        }
    }
}

/// Where the content of an object lies, as AWS tells it apart.
fn own(class: Class) -> &'static str {
    match class {
        Class::Standard => "StandardStorage",
        Class::ReducedRedundancy => "ReducedRedundancyStorage",
        Class::StandardIa => "StandardIAStorage",
        // Objects do not move between the tiers here.
        Class::IntelligentTiering => "IntelligentTieringFAStorage",
        Class::OnezoneIa => "OneZoneIAStorage",
        Class::GlacierIr => "GlacierInstantRetrievalStorage",
        Class::Glacier => "GlacierStorage",
        Class::DeepArchive => "DeepArchiveStorage",
    }
}

/// What an object counts for beside its content.
fn overhead(class: Class, size: u64) -> Vec<(&'static str, u64)> {
    let small = LEAST.saturating_sub(size);
    match class {
        Class::StandardIa => vec![("StandardIASizeOverhead", small)],
        Class::OnezoneIa => vec![("OneZoneIASizeOverhead", small)],
        Class::GlacierIr => vec![("GlacierIRSizeOverhead", small)],
        Class::Glacier => vec![("GlacierObjectOverhead", ARCHIVED), ("GlacierS3ObjectOverhead", NAMED)],
        Class::DeepArchive => {
            vec![("DeepArchiveObjectOverhead", ARCHIVED), ("DeepArchiveS3ObjectOverhead", NAMED)]
        }
        Class::Standard | Class::ReducedRedundancy | Class::IntelligentTiering => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_objects_count_for_larger_ones_where_aws_has_it_so() {
        let mut storage = Storage::default();
        storage.object(Class::Standard, 5);
        storage.object(Class::StandardIa, 28 << 10);
        storage.object(Class::StandardIa, 500 << 10);
        storage.object(Class::Glacier, 7);
        storage.object(Class::Glacier, 0);
        let expected = BTreeMap::from([
            ("StandardStorage", 5),
            ("StandardIAStorage", 528 << 10),
            ("StandardIASizeOverhead", 100 << 10),
            ("GlacierStorage", 7),
            ("GlacierObjectOverhead", 64 << 10),
            ("GlacierS3ObjectOverhead", 16 << 10),
        ]);
        assert_eq!(storage.bytes, expected);
    }
}
