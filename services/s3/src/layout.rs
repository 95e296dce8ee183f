//! Where each record of S3 lies.
//!
//! | key | record |
//! |---|---|
//! | `10` name `i` | the bucket itself, written once |
//! | `10` name *setting* | one of the bucket's settings |
//! | `11` bucket key | the object |
//! | `11` bucket key *n* | part of the list of the blobs that a multipart object is made of |
//! | `12` bucket key upload | a multipart upload that is under way |
//! | `12` bucket key upload *n* | one of its parts |
//!
//! Names and keys end in a mark that none can contain, so that a scope that ends after one reaches exactly that
//! bucket, object or upload. Objects sort as S3 lists them: by the bytes of their keys.

use kurodo_authz::Scope;
use kurodo_store::{Key, KeyBuilder};

use crate::records::{BucketId, UploadId};

/// The namespace of buckets. Names are unique among all accounts, as in AWS.
pub(crate) const BUCKETS: u8 = 10;
/// The namespace of objects.
pub(crate) const OBJECTS: u8 = 11;
/// The namespace of multipart uploads.
pub(crate) const UPLOADS: u8 = 12;

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
}

impl Setting {
    /// Its key below the bucket's.
    pub(crate) fn key(self) -> [u8; 1] {
        [self as u8]
    }
}

/// All buckets.
pub(crate) fn buckets() -> Scope {
    Scope::new([BUCKETS])
}

/// The bucket and its settings.
pub(crate) fn bucket(name: &str) -> Key {
    KeyBuilder::new(BUCKETS).part(name).build()
}

/// The objects of a bucket.
pub(crate) fn objects(bucket: BucketId) -> Scope {
    Scope::new(below(OBJECTS, bucket).build())
}

/// One object and nothing else.
pub(crate) fn object(bucket: BucketId, key: &str) -> Scope {
    Scope::new(below(OBJECTS, bucket).part(key).build())
}

/// The uploads to a bucket.
pub(crate) fn uploads(bucket: BucketId) -> Scope {
    Scope::new(below(UPLOADS, bucket).build())
}

/// One upload, with its parts.
pub(crate) fn upload(bucket: BucketId, key: &str, upload: UploadId) -> Scope {
    let (high, low) = upload.halves();
    Scope::new(below(UPLOADS, bucket).part(key).number(high).number(low).build())
}

fn below(namespace: u8, bucket: BucketId) -> KeyBuilder {
    let (high, low) = bucket.halves();
    KeyBuilder::new(namespace).number(high).number(low)
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
        for stranger in [object(bucket, "ab"), object(bucket, "a\0"), object(bucket, "a\0\u{1}"), object(other, "a")] {
            assert!(!stranger.prefix().starts_with(own.prefix()));
        }
        assert!(own.prefix().starts_with(objects(bucket).prefix()));
        assert!(!own.prefix().starts_with(uploads(bucket).prefix()));
        assert!(!super::bucket("bb").starts_with(&super::bucket("b")));
    }
}
