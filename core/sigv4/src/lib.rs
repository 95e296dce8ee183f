//! Request authentication: who signed this request, over what, and when.
//!
//! Pure: no I/O and no clock. Time, secrets and body hashes are passed in.
//!
//! 1. [`read`] finds the form of authentication that a request's head carries: a [`Claim`].
//! 2. The caller looks up the secret for the claim's access key id.
//! 3. `verify` checks the claim against the secret and the service's [`Rules`]: a [`Verified`], which
//!    says what the body still has to satisfy ([`BodyCheck`]).
//!
//! Every refusal is an [`AuthError`], one variant per cause that AWS tells apart.
//!
//! Source: AWS IAM User Guide, "AWS Signature Version 4 for API requests"; Amazon S3 API Reference,
//! "Authenticating Requests (AWS Signature Version 4)".

mod canonical;
mod chunked;
mod claim;
mod encoding;
mod error;
mod fault;
mod head;
mod hold;
mod key;
mod payload;
mod policy_document;
pub mod post_policy;
mod presigned;
mod rules;
mod scope;
pub mod sign;
mod signed_headers;
pub mod stamp;
mod trailer;
pub mod v2;
mod v2_s3;
pub mod v4a;
mod verified;
mod verify;

pub use chunked::ChunkDecoder;
pub use claim::{Claim, Presigned, V4Claim, read};
pub use error::{AuthError, Mismatch, Place};
pub use fault::{DateFault, ExpiresFault, MissingParts, ScopeFault};
pub use head::Head;
pub use key::SigningKey;
pub use payload::Payload;
pub use rules::{ExpiresRule, PathRule, RegionRule, Rules, TokenRule};
pub use scope::{Scope, ScopeDate};
pub use signed_headers::SignedHeaders;
pub use trailer::Trailers;
pub use v2::V2Claim;
pub use v4a::{V4aClaim, V4aKey};
pub use verified::{AuthType, BodyCheck, SignatureVersion, Verified};
pub use verify::Checked;
