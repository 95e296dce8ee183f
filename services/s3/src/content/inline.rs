use bytes::Bytes;
use kurodo_keys::{KeyError, Sealer, SecretKey, TAG_LEN};
use zeroize::Zeroizing;

use crate::records::{Inline, Salt};

/// Each object's data key seals one message, and each salt's key wraps one data key: no nonce ever meets two.
const NONCE: [u8; 12] = [0; 12];

impl Inline {
    /// Seals content that is small enough to lie in a record. `place` is where the record lies: sealed content that is
    /// moved elsewhere does not open.
    pub(crate) fn seal(wrapping: &SecretKey, place: &[u8], mut content: Vec<u8>) -> Result<Self, KeyError> {
        let (salt, data) = (Salt::random()?, SecretKey::generate()?);
        let mut key = [0; Self::KEY];
        let (body, tail) = key.split_at_mut(SecretKey::LEN);
        let tag = sealer(wrapping, salt).seal_apart(NONCE, place, data.expose(), body)?;
        tail.copy_from_slice(&tag);
        Sealer::new(&data).seal_in_place(NONCE, place, &mut content)?;
        Ok(Self { salt, key, sealed: content.into() })
    }

    /// Opens the content.
    pub(crate) fn open(&self, wrapping: &SecretKey, place: &[u8]) -> Result<Bytes, KeyError> {
        let mut data = Zeroizing::new([0; SecretKey::LEN]);
        let (body, tag) = self.key.split_last_chunk::<TAG_LEN>().ok_or(KeyError::NotAuthentic)?;
        sealer(wrapping, self.salt).open_apart(NONCE, place, body, tag, data.as_mut())?;
        let (sealed, tag) = self.sealed.split_last_chunk::<TAG_LEN>().ok_or(KeyError::NotAuthentic)?;
        let mut content = vec![0; sealed.len()];
        Sealer::new(&SecretKey::from_bytes(*data)).open_apart(NONCE, place, sealed, tag, &mut content)?;
        Ok(content.into())
    }
}

fn sealer(wrapping: &SecretKey, salt: Salt) -> Sealer {
    Sealer::new(&wrapping.derive("s3 inline data key", salt.bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_with_its_key_at_its_place() {
        let (key, other) = (SecretKey::from_bytes([1; 32]), SecretKey::from_bytes([2; 32]));
        let inline = Inline::seal(&key, b"here", b"content".to_vec()).unwrap();
        assert!(!inline.sealed.windows(7).any(|window| window == b"content"));
        assert_eq!(inline.open(&key, b"here").unwrap(), "content");
        assert!(inline.open(&other, b"here").is_err());
        assert!(inline.open(&key, b"there").is_err());
        let cut = Inline { sealed: inline.sealed.slice(..inline.sealed.len() - 1), ..inline };
        assert!(cut.open(&key, b"here").is_err());
    }
}
