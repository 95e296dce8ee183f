use aws_lc_rs::{
    cipher::{AES_256, EncryptionContext, StreamingEncryptingKey, UnboundCipherKey},
    iv::FixedLength,
};

use crate::{KeyError, SecretKey};

/// Bytes of an AES block.
const BLOCK: u64 = 16;

/// AES-256 in counter mode (NIST SP 800-38A §6.5) under a key that serves one message: a layer of encryption that changes
/// no length, whose bytes are found at any offset. It authenticates nothing; what lies around it does.
pub struct Keystream(StreamingEncryptingKey);

impl Keystream {
    /// The stream of this key from this byte on. No two messages may have one key.
    ///
    /// # Errors
    /// [`KeyError::TooLong`] when the cipher refuses.
    pub fn at(key: &SecretKey, offset: u64) -> Result<Self, KeyError> {
        let refused = |_| KeyError::TooLong;
        let key = UnboundCipherKey::new(&AES_256, key.expose()).map_err(refused)?;
        let counter = u128::from(offset / BLOCK).to_be_bytes();
        let context = EncryptionContext::Iv128(FixedLength::from(counter));
        let mut stream = Self(StreamingEncryptingKey::less_safe_ctr(key, context).map_err(refused)?);
        let before = usize::try_from(offset % BLOCK).map_err(|_| KeyError::TooLong)?;
        stream.apply(&vec![0; before])?;
        Ok(stream)
    }

    /// Encrypts the next bytes of the message, or decrypts them: that is the same.
    ///
    /// # Errors
    /// [`KeyError::TooLong`] for more than 2 GiB at once.
    pub fn apply(&mut self, bytes: &[u8]) -> Result<Vec<u8>, KeyError> {
        let mut out = vec![0; bytes.len().saturating_add(BLOCK as usize)];
        let written = self.0.update(bytes, &mut out).map_err(|_| KeyError::TooLong)?.written().len();
        out.truncate(written);
        if written == bytes.len() { Ok(out) } else { Err(KeyError::TooLong) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// NIST SP 800-38A, F.5.5, has another first counter block; this is AES-256 of the zero block under the zero key
    /// (FIPS 197's cipher, known answer of the AESAVS).
    #[test]
    fn known_answer() {
        let mut stream = Keystream::at(&SecretKey::from_bytes([0; 32]), 0).unwrap();
        let hex: String = stream.apply(&[0; 16]).unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "dc95c078a2408989ad48a21492842087");
    }

    proptest! {
        #[test]
        fn any_part_is_opened_by_itself(message in proptest::collection::vec(any::<u8>(), 0..200), cut: proptest::sample::Index) {
            let key = SecretKey::from_bytes([7; 32]);
            let at = cut.index(message.len() + 1);
            let mut whole = Keystream::at(&key, 0).unwrap();
            let sealed = [whole.apply(&message[..at]).unwrap(), whole.apply(&message[at..]).unwrap()].concat();
            let opened = Keystream::at(&key, at as u64).unwrap().apply(&sealed[at..]).unwrap();
            prop_assert_eq!(&opened, &message[at..]);
            prop_assert_eq!(Keystream::at(&key, 0).unwrap().apply(&sealed).unwrap(), message);
        }
    }
}
