use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::rand;

use crate::{KeyError, SecretKey};

/// Bytes of an AES-GCM nonce.
pub const NONCE_LEN: usize = 12;
/// Bytes of an AES-GCM tag.
pub const TAG_LEN: usize = 16;
/// What [`Sealer::seal_random`] adds to a plaintext, in bytes.
pub const OVERHEAD: usize = NONCE_LEN + TAG_LEN;

/// AES-256-GCM under one key (NIST SP 800-38D).
///
/// A nonce must never repeat under one key. Two policies keep that: a [`crate::NonceSequence`] that counts, for
/// keys that seal without end; or random nonces ([`Sealer::seal_random`]), for keys that seal fewer than
/// 2³² messages in their life.
pub struct Sealer {
    key: LessSafeKey,
}

impl Sealer {
    /// A sealer under this key. The expanded key is erased when the sealer is dropped.
    pub fn new(key: &SecretKey) -> Self {
        Self { key: LessSafeKey::new(unbound(key)) }
    }

    /// Encrypts `buf` where it lies and appends the tag. `aad` is authenticated, not stored.
    ///
    /// # Errors
    /// [`KeyError::TooLong`] past AES-GCM's limit of about 64 GiB.
    pub fn seal_in_place(
        &self,
        nonce: [u8; NONCE_LEN],
        aad: &[u8],
        buf: &mut Vec<u8>,
    ) -> Result<(), KeyError> {
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), buf)
            .map_err(|_| KeyError::TooLong)
    }

    /// Verifies and decrypts ciphertext and tag where they lie; gives the plaintext, which is [`TAG_LEN`] shorter.
    ///
    /// # Errors
    /// [`KeyError::NotAuthentic`]; the buffer then holds nothing of use.
    pub fn open_in_place<'b>(
        &self,
        nonce: [u8; NONCE_LEN],
        aad: &[u8],
        buf: &'b mut [u8],
    ) -> Result<&'b mut [u8], KeyError> {
        self.key
            .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(aad), buf)
            .map_err(|_| KeyError::NotAuthentic)
    }

    /// Encrypts `plaintext` into `ciphertext`, which must be as long, and gives the tag for the caller to keep beside it.
    ///
    /// # Errors
    /// [`KeyError::TooLong`] when the lengths differ or pass AES-GCM's limit.
    pub fn seal_apart(
        &self,
        nonce: [u8; NONCE_LEN],
        aad: &[u8],
        plaintext: &[u8],
        ciphertext: &mut [u8],
    ) -> Result<[u8; TAG_LEN], KeyError> {
        let mut tag = [0; TAG_LEN];
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.key
            .seal_out_of_place_scatter(nonce, Aad::from(aad), plaintext, ciphertext, &[], &mut tag)
            .map_err(|_| KeyError::TooLong)?;
        Ok(tag)
    }

    /// Verifies `ciphertext` and `tag`, and decrypts into `plaintext`, which must be as long as the ciphertext.
    ///
    /// # Errors
    /// [`KeyError::NotAuthentic`]; `plaintext` must then be discarded.
    pub fn open_apart(
        &self,
        nonce: [u8; NONCE_LEN],
        aad: &[u8],
        ciphertext: &[u8],
        tag: &[u8; TAG_LEN],
        plaintext: &mut [u8],
    ) -> Result<(), KeyError> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.key
            .open_separate_gather(nonce, Aad::from(aad), ciphertext, tag, plaintext)
            .map_err(|_| KeyError::NotAuthentic)
    }

    /// Encrypts under a random nonce: nonce, ciphertext and tag in one piece, [`OVERHEAD`] longer than the plaintext.
    ///
    /// # Errors
    /// [`KeyError::Random`] or [`KeyError::TooLong`].
    pub fn seal_random(&self, aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, KeyError> {
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| KeyError::Random)?;
        let mut sealed = vec![0; NONCE_LEN + plaintext.len()];
        sealed.reserve_exact(TAG_LEN);
        let (head, body) = sealed.split_at_mut(NONCE_LEN);
        head.copy_from_slice(&nonce);
        let tag = self.seal_apart(nonce, aad, plaintext, body)?;
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    /// Opens what [`Sealer::seal_random`] made.
    ///
    /// # Errors
    /// [`KeyError::NotAuthentic`], for anything too short as well.
    pub fn open_random(&self, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, KeyError> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(KeyError::NotAuthentic)?;
        let (body, tag) = rest.split_last_chunk::<TAG_LEN>().ok_or(KeyError::NotAuthentic)?;
        let mut plaintext = vec![0; body.len()];
        self.open_apart(*nonce, aad, body, tag, &mut plaintext)?;
        Ok(plaintext)
    }
}

#[expect(
    clippy::expect_used,
    reason = "the cipher can only refuse a key that is not 32 bytes, and the type is"
)]
fn unbound(key: &SecretKey) -> UnboundKey {
    UnboundKey::new(&AES_256_GCM, key.expose()).expect("32 bytes")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sealer(byte: u8) -> Sealer {
        Sealer::new(&SecretKey::from_bytes([byte; 32]))
    }

    /// Test case 14 of the GCM specification (McGrew and Viega): AES-256, zero key, nonce and block.
    #[test]
    fn known_answer() {
        let mut buf = vec![0; 16];
        sealer(0).seal_in_place([0; 12], b"", &mut buf).unwrap();
        let hex: String = buf.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
    }

    #[test]
    fn short_input_is_not_authentic() {
        for length in 0..OVERHEAD {
            assert!(matches!(sealer(1).open_random(b"", &vec![0; length]), Err(KeyError::NotAuthentic)));
        }
    }

    proptest! {
        #[test]
        fn every_form_opens_what_it_sealed(plain: Vec<u8>, aad: Vec<u8>, nonce: [u8; 12]) {
            let sealer = sealer(7);
            prop_assert_eq!(&sealer.open_random(&aad, &sealer.seal_random(&aad, &plain).unwrap()).unwrap(), &plain);

            let mut joined = plain.clone();
            sealer.seal_in_place(nonce, &aad, &mut joined).unwrap();
            let mut apart = vec![0; plain.len()];
            let tag = sealer.seal_apart(nonce, &aad, &plain, &mut apart).unwrap();
            prop_assert_eq!(&joined, &[&apart[..], &tag[..]].concat());

            let mut opened = vec![0; plain.len()];
            sealer.open_apart(nonce, &aad, &apart, &tag, &mut opened).unwrap();
            prop_assert_eq!(&opened, &plain);
            prop_assert_eq!(sealer.open_in_place(nonce, &aad, &mut joined).unwrap(), &plain[..]);
        }

        #[test]
        fn any_flipped_bit_is_refused(plain: Vec<u8>, at: proptest::sample::Index, bit in 0..8u8) {
            let sealer = sealer(9);
            let mut sealed = sealer.seal_random(b"aad", &plain).unwrap();
            let at = at.index(sealed.len());
            sealed[at] ^= 1 << bit;
            prop_assert!(matches!(sealer.open_random(b"aad", &sealed), Err(KeyError::NotAuthentic)));
        }
    }

    #[test]
    fn another_key_or_context_is_refused() {
        let sealed = sealer(1).seal_random(b"here", b"secret").unwrap();
        assert!(sealer(2).open_random(b"here", &sealed).is_err());
        assert!(sealer(1).open_random(b"there", &sealed).is_err());
    }
}
