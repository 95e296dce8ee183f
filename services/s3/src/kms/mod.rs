//! KMS's keys: what requests ask of them, and KMS itself, asked in the caller's name.
//!
//! KMS makes and opens the data key of each object. S3 keeps no opened key behind a request: whoever reads asks KMS, every
//! time, so that a key that is disabled, or a permission that was taken away, holds for the next request.
//!
//! Source: S3 User Guide, "Using server-side encryption with AWS KMS keys (SSE-KMS)".

mod asked;
mod keys;

pub(crate) use asked::{Asked, Wish, asked_encryption, shown_context};
pub(crate) use keys::check_signature;
