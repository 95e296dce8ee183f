use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{RandomError, id};

/// Memory in KiB, passes and lanes. Source: OWASP Password Storage Cheat Sheet, Argon2id.
const COST: (u32, u32, u32) = (19_456, 2, 1);

/// A password as Argon2id leaves it (RFC 9106), with what is needed to check another against it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct PasswordHash {
    salt: String,
    hash: String,
    memory: u32,
    passes: u32,
    lanes: u32,
}

/// Why a password was not hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// There was no salt to be had.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// Argon2 refuses such a password or its own settings.
    #[error("the password cannot be hashed: choose one of at most 128 characters")]
    Refused,
}

impl PasswordHash {
    /// Hashes a password. Takes tens of milliseconds and 19 MiB: run it off the request threads.
    ///
    /// # Errors
    /// [`PasswordError`].
    pub fn new(password: &str) -> Result<Self, PasswordError> {
        let salt = id::random::<16>()?;
        let (memory, passes, lanes) = COST;
        let hash = argon2id(password, &salt, memory, passes, lanes).ok_or(PasswordError::Refused)?;
        Ok(Self {
            salt: BASE64_STANDARD_NO_PAD.encode(salt),
            hash: BASE64_STANDARD_NO_PAD.encode(hash.as_slice()),
            memory,
            passes,
            lanes,
        })
    }

    /// Whether this is the password. Takes as long as hashing it.
    pub fn matches(&self, password: &str) -> bool {
        let (Ok(salt), Ok(expected)) =
            (BASE64_STANDARD_NO_PAD.decode(&self.salt), BASE64_STANDARD_NO_PAD.decode(&self.hash))
        else {
            return false;
        };
        argon2id(password, &salt, self.memory, self.passes, self.lanes)
            .is_some_and(|hash| verify_slices_are_equal(&*hash, &expected).is_ok())
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

fn argon2id(
    password: &str,
    salt: &[u8],
    memory: u32,
    passes: u32,
    lanes: u32,
) -> Option<Zeroizing<[u8; 32]>> {
    let params = Params::new(memory, passes, lanes, Some(32)).ok()?;
    let mut out = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.as_bytes(), salt, &mut *out)
        .ok()?;
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_matches() {
        let hash = PasswordHash::new("correct horse").unwrap();
        assert!(hash.matches("correct horse"));
        assert!(!hash.matches("correct horsf"));
        assert!(!hash.matches(""));
        assert_ne!(hash, PasswordHash::new("correct horse").unwrap(), "salts differ");
    }

    #[test]
    fn neither_password_nor_hash_is_shown() {
        assert_eq!(format!("{:?}", PasswordHash::new("a").unwrap()), "PasswordHash(..)");
    }
}
