use aws_lc_rs::{hkdf, rand};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::KeyError;

/// 32 secret bytes: erased when dropped, never printed, neither compared nor cloned by accident.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct SecretKey([u8; SecretKey::LEN]);

impl SecretKey {
    /// The length of every key, in bytes.
    pub const LEN: usize = 32;

    /// A new key from the system's random generator.
    ///
    /// # Errors
    /// [`KeyError::Random`] when the generator fails.
    pub fn generate() -> Result<Self, KeyError> {
        let mut key = Self([0; Self::LEN]);
        rand::fill(&mut key.0).map_err(|_| KeyError::Random)?;
        Ok(key)
    }

    /// Takes over bytes that are already a uniformly random key. The caller's copy stays the caller's to erase.
    pub fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// The key that `label` and `context` pick below this one: HKDF-SHA256's expand step (RFC 5869 §2.3), for
    /// this key is uniformly random already. The label's length goes in too, so that no pair of label and
    /// context meets another pair.
    pub fn derive(&self, label: &str, context: &[u8]) -> Self {
        let length = (label.len() as u64).to_be_bytes();
        let info = [&length[..], label.as_bytes(), context];
        let prk = hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, &self.0);
        let mut child = Self([0; Self::LEN]);
        expand(&prk, &info, &mut child.0);
        child
    }

    /// The bytes, for a cipher or for wrapping. Copies made of them must be erased by whoever makes them.
    pub fn expose(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

#[expect(clippy::expect_used, reason = "HKDF can only refuse a length over 255 hashes; this asks for one")]
fn expand(prk: &hkdf::Prk, info: &[&[u8]], out: &mut [u8; SecretKey::LEN]) {
    prk.expand(info, hkdf::HKDF_SHA256).and_then(|okm| okm.fill(out)).expect("one hash of key material");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivation_is_stable() {
        // HMAC-SHA256(key = 00..1f, be64(4) || "page" || "ctx" || 0x01), computed with Python's hmac module.
        let key = SecretKey::from_bytes(std::array::from_fn(|i| i as u8));
        let hex: String =
            key.derive("page", b"ctx").expose().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "e0df0f641c4b01a21ee6d965cab2df5561fdd0d01f8ee1ca7d24c9ad6a615234");
    }

    #[test]
    fn label_and_context_do_not_bleed() {
        let key = SecretKey::generate().unwrap();
        assert_ne!(key.derive("ab", b"c").expose(), key.derive("a", b"bc").expose());
        assert_ne!(key.derive("a", b"").expose(), key.derive("", b"a").expose());
        assert_ne!(key.derive("a", b"").expose(), key.expose());
    }

    #[test]
    fn generated_keys_differ() {
        assert_ne!(SecretKey::generate().unwrap().expose(), SecretKey::generate().unwrap().expose());
    }
}
