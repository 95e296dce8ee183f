//! S3's limits. Source: S3 User Guide, "Amazon S3 multipart upload limits", "Naming Amazon S3 objects",
//! "Working with object metadata", "Categorizing your objects using tags".

/// Bytes of a key.
pub(crate) const KEY: usize = 1024;
/// Bytes of an object's own metadata, names and values together.
pub(crate) const METADATA: usize = 2048;
/// Bytes that one request may bring, and that one copy may take.
pub(crate) const SINGLE: u64 = 5 << 30;
/// Bytes of a part that is not the last.
pub(crate) const MIN_PART: u64 = 5 << 20;
/// The last part number.
pub(crate) const PARTS: i32 = 10_000;
/// Tags of an object.
pub(crate) const OBJECT_TAGS: usize = 10;
/// Tags of a bucket.
pub(crate) const BUCKET_TAGS: usize = 50;
/// Bytes of a bucket policy.
pub(crate) const POLICY: usize = 20 * 1024;
/// Entries of an access control list.
pub(crate) const GRANTS: usize = 100;
/// Rules of a lifecycle configuration.
pub(crate) const LIFECYCLE_RULES: usize = 1000;
/// Keys in one page of a list, and in one request to delete.
pub(crate) const PAGE: usize = 1000;
/// Rules of a CORS configuration.
pub(crate) const CORS_RULES: usize = 100;
/// Letters of such a rule's id.
pub(crate) const CORS_RULE_ID: usize = 255;
/// Buckets in one page.
pub(crate) const BUCKET_PAGE: i32 = 10_000;
