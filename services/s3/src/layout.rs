//! Where each record of S3 lies.
//!
//! | key | record |
//! |---|---|
//! | `10` name `i` | the bucket itself, written once |
//! | `10` name *setting* | one of the bucket's settings |
//! | `11` bucket `o` key | the object: the key's current version |
//! | `11` bucket `o` key *n* | part of the list of the blobs that a multipart object is made of |
//! | `11` bucket `v` key | the delete marker that is the key's current version |
//! | `11` bucket `v` key `n` | where among the older versions the null version is |
//! | `11` bucket `v` key `v` version | an older version: an object or a delete marker, the latest first |
//! | `11` bucket `v` key `v` version *n* | part of the list of its blobs |
//! | `11` bucket `u` key upload | a multipart upload that is under way |
//! | `11` bucket `u` key upload *n* | one of its parts |
//!
//! Names and keys end in a mark that none can contain, so that a scope that ends after one reaches exactly that
//! bucket, object or upload. Objects sort as S3 lists them: by the bytes of their keys.
//!
//! A key has one current version, which is an object or a delete marker. Whatever changes that relies on both of their
//! places, so that the versions of a key come one after the other. Older versions lie apart from the objects: reading
//! or listing what is current never meets them, however many there are.

use kurodo_authz::Scope;
use kurodo_store::{Key, KeyBuilder};

use crate::records::{BucketId, UploadId, VersionId};

/// The namespace of buckets. Names are unique among all accounts, as in AWS.
pub(crate) const BUCKETS: u8 = 10;
/// The namespace of what is in buckets, apart from their settings: those are remembered between requests for as long
/// as nothing is written among [`BUCKETS`].
pub(crate) const CONTENTS: u8 = 11;
/// Objects, below a bucket.
pub(crate) const OBJECTS: u8 = b'o';
/// Delete markers and older versions, below a bucket.
pub(crate) const VERSIONS: u8 = b'v';
/// An older version, below a key.
pub(crate) const OLDER: u8 = b'v';
/// Where the null version is, below a key.
pub(crate) const NULL: u8 = b'n';
/// Multipart uploads, below a bucket.
pub(crate) const UPLOADS: u8 = b'u';

/// What a record below a bucket's name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Setting {
    /// The bucket itself.
    Identity = b'i',
    /// Its policy's text.
    Policy = b'p',
    /// Its access control list.
    Acl = b'a',
    /// Its public access block.
    PublicAccessBlock = b'b',
    /// Who owns its objects.
    Ownership = b'o',
    /// Its tags.
    Tags = b't',
    /// Its default encryption.
    Encryption = b'e',
    /// What pages of other origins may see.
    Cors = b'c',
    /// Whether the requester pays.
    RequestPayment = b'r',
    /// Whether it keeps versions.
    Versioning = b'v',
    /// Whether and how versions are locked.
    ObjectLock = b'l',
    /// What happens to its objects as they grow old.
    Lifecycle = b'y',
    /// Where the records of requests to it go.
    Logging = b'g',
    /// Where its objects are copied to.
    Replication = b'x',
    /// The lists of what is in it.
    Inventory = b'w',
}

impl Setting {
    /// All of them, the bucket itself first.
    pub(crate) const ALL: [Self; 15] = [
        Self::Identity,
        Self::Policy,
        Self::Acl,
        Self::PublicAccessBlock,
        Self::Ownership,
        Self::Tags,
        Self::Encryption,
        Self::Cors,
        Self::RequestPayment,
        Self::Versioning,
        Self::ObjectLock,
        Self::Lifecycle,
        Self::Logging,
        Self::Replication,
        Self::Inventory,
    ];

    /// Its key below the bucket's.
    pub(crate) fn key(self) -> [u8; 1] {
        [self as u8]
    }
}

/// All buckets.
pub(crate) fn buckets() -> Scope {
    Scope::new([BUCKETS].as_slice())
}

/// The bucket and its settings.
pub(crate) fn settings(name: &str) -> Scope {
    Scope::new(bucket(name).to_vec())
}

/// What the keys of the bucket and its settings begin with.
pub(crate) fn bucket(name: &str) -> Key {
    KeyBuilder::new(BUCKETS).part(name).build()
}

/// The objects of a bucket and the uploads to it.
pub(crate) fn contents(bucket: BucketId) -> Scope {
    Scope::new(bytes(within(bucket)))
}

/// The objects of a bucket.
pub(crate) fn objects(bucket: BucketId) -> Scope {
    Scope::new(bytes(within(bucket).byte(OBJECTS)))
}

/// One object and nothing else.
pub(crate) fn object(bucket: BucketId, key: &str) -> Scope {
    Scope::new(bytes(within(bucket).byte(OBJECTS).part(key)))
}

/// The older versions of one object, and its delete markers.
pub(crate) fn versions(bucket: BucketId, key: &str) -> Scope {
    Scope::new(bytes(within(bucket).byte(VERSIONS).part(key)))
}

/// What the sealed content of a version is bound to, wherever among the versions of its key it lies: the place of the
/// object, and the version's id.
pub(crate) fn sealed_at(object: &[u8], id: &VersionId) -> Vec<u8> {
    [object, id.seal()].concat()
}

/// The uploads to a bucket.
pub(crate) fn uploads(bucket: BucketId) -> Scope {
    Scope::new(bytes(within(bucket).byte(UPLOADS)))
}

/// One upload, with its parts.
pub(crate) fn upload(bucket: BucketId, key: &str, upload: UploadId) -> Scope {
    let (high, low) = upload.halves();
    Scope::new(bytes(within(bucket).byte(UPLOADS).part(key).number(high).number(low)))
}

fn within(bucket: BucketId) -> KeyBuilder {
    let (high, low) = bucket.halves();
    KeyBuilder::new(CONTENTS).number(high).number(low)
}

fn bytes(key: KeyBuilder) -> Vec<u8> {
    key.build().into()
}

/// A numbered record below an object or upload.
pub(crate) fn numbered(number: u16) -> [u8; 2] {
    number.to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_reaches_nothing_but_its_own() {
        let (bucket, other) = (BucketId::from_bytes([1; 16]), BucketId::from_bytes([2; 16]));
        let own = object(bucket, "a");
        for stranger in
            [object(bucket, "ab"), object(bucket, "a\0"), object(bucket, "a\0\u{1}"), object(other, "a")]
        {
            assert!(!stranger.prefix().starts_with(own.prefix()));
        }
        assert!(own.prefix().starts_with(objects(bucket).prefix()));
        assert!(own.prefix().starts_with(contents(bucket).prefix()));
        assert!(!own.prefix().starts_with(uploads(bucket).prefix()));
        assert!(!super::bucket("bb").starts_with(&super::bucket("b")));
    }
}
