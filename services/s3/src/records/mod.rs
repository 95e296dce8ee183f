//! What S3 stores, and how it is written down.

mod bucket;
mod class;
mod codec;
mod content;
mod etag;
mod head;
mod ids;
mod kept;
mod lock;
mod marker;
mod meta;
mod owner;
mod part;
mod tags;
mod upload;
mod version;
mod versioning;

pub use bucket::BlockPublic;
pub(crate) use bucket::{Encryption, Identity, Ownership};
pub(crate) use class::Class;
pub(crate) use codec::Damaged;
pub(crate) use content::{Content, Inline, PartEntry, PartList};
pub(crate) use etag::ETag;
pub(crate) use head::{Change, CustomerKey, Head, HeadParts};
pub(crate) use ids::{BucketId, Salt, UploadId};
pub(crate) use kept::Kept;
pub(crate) use lock::{Lock, Mode, Retention};
pub(crate) use marker::Marker;
pub(crate) use meta::Meta;
pub(crate) use owner::Owner;
pub(crate) use part::Part;
pub(crate) use tags::Tags;
pub(crate) use upload::Upload;
pub(crate) use version::{VersionId, Wanted};
pub(crate) use versioning::{ObjectLock, Period, Versioning, VersioningState};
