//! What S3 stores, and how it is written down.

mod bucket;
mod codec;
mod content;
mod cors;
mod etag;
mod head;
mod ids;
mod meta;
mod owner;
mod part;
mod tags;
mod upload;

pub use bucket::BlockPublic;
pub(crate) use bucket::{Encryption, Identity, Ownership};
pub(crate) use codec::Damaged;
pub(crate) use content::{Content, Inline, PartEntry, PartList};
pub(crate) use cors::{Cors, CorsRule};
pub(crate) use etag::ETag;
pub(crate) use head::{CustomerKey, Head, HeadParts};
pub(crate) use ids::{BucketId, Salt, UploadId};
pub(crate) use meta::Meta;
pub(crate) use owner::Owner;
pub(crate) use part::Part;
pub(crate) use tags::Tags;
pub(crate) use upload::Upload;
