//! Envelope encryption under keys of KMS: how the other services ask KMS, in their caller's name, for the data keys that
//! protect what they store.
//!
//! [`Kms`] asks. [`DataKeys`] are what a service seals with: one for each thing that it keeps, changed every five minutes;
//! each use is permitted by KMS all the same. [`Opener`] opens what was sealed so, and asks KMS anew for each request. No
//! opened key outlives the request that opened it, so that a key that is disabled, or a permission that was taken away,
//! holds for the next one.
//!
//! Source: KMS Developer Guide, "Envelope encryption".

mod data_keys;
mod error;
mod kms;
mod opener;
mod sealed;

pub use data_keys::{DataKeys, LASTING};
pub use error::EnvelopeError;
pub use kms::{Described, EncryptionContext, Kms, Made};
pub use opener::Opener;
pub use sealed::{SealedKey, data_key, seal};
