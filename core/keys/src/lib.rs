//! The key hierarchy, envelope encryption and the root of trust.
//!
//! One secret stands at the top, held by a [`RootOfTrust`]. Every other key is either wrapped by its
//! parent ([`WrappedKey`], [`Keyring`]) or derived from one ([`SecretKey::derive`]), so that changing a
//! parent re-wraps 32 bytes per child and never rewrites data.

mod error;
mod nonce;
mod root;
mod sealer;
mod secret;

pub use error::KeyError;
pub use nonce::NonceSequence;
pub use root::{RootError, Seal, create_root, open_root};
pub use sealer::{NONCE_LEN, OVERHEAD, Sealer, TAG_LEN};
pub use secret::SecretKey;
