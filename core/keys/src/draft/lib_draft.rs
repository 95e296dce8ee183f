//! The key hierarchy, envelope encryption and the root of trust.
//!
//! One secret stands at the top: a [`Root`] in a sealed file, or later a key in an HSM. Below it hang
//! [`Keyring`]s, each wrapped by its parent: account, service, bucket or table; and at the bottom data keys,
//! each wrapped by a keyring ([`WrappedKey`]). All of them wrap by [`KeyWrap`]. Rotating a keyring adds a version
//! to it; what is below is wrapped anew when convenient, and data is never rewritten.

mod error;
mod keyring;
mod nonce;
mod private_file;
mod root;
mod sealer;
mod secret;
mod wrap;

pub use error::KeyError;
pub use keyring::{Keyring, StoredKeyring};
pub use nonce::NonceSequence;
pub use root::{Passphrase, Root, RootError, Seal, open_key_file, rewrap_key_file};
pub use sealer::{NONCE_LEN, OVERHEAD, Sealer, TAG_LEN};
pub use secret::SecretKey;
pub use wrap::{KeyWrap, WrappedKey};
