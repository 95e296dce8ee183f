//! The key hierarchy, envelope encryption and the root of trust.
//!
//! One secret stands at the top: a [`Root`] in a sealed file, or a key in an HSM. Below it hang [`Keyring`]s, each
//! wrapped by its parent, such as an account's; below those the keys of buckets and tables; and at the bottom data
//! keys, one for each content. Each is wrapped by the one above ([`WrappedKey`]), and whatever wraps does so by
//! [`KeyWrap`]. Keys that differ in purpose alone are derived instead ([`SecretKey::derive`]).
//!
//! Rotation adds a version to a keyring and wraps what is below anew: 32 bytes for each child, and data is never
//! rewritten.

mod error;
mod keyring;
mod keystream;
mod nonce;
mod private_file;
mod root;
mod sealer;
mod secret;
mod wrap;

pub use error::KeyError;
pub use keyring::{Keyring, StoredKeyring};
pub use keystream::Keystream;
pub use nonce::NonceSequence;
pub use root::{Passphrase, Root, RootError, Seal, create_key_file, open_key_file, rewrap_key_file};
pub use sealer::{NONCE_LEN, OVERHEAD, Sealer, TAG_LEN};
pub use secret::SecretKey;
pub use wrap::{KeyWrap, WrappedKey};
