use crate::{KeyError, Sealer, SecretKey};

const FORMAT: u8 = 1;

/// Wraps keys and unwraps them again, without showing its own: a sealed [`crate::Root`], a
/// [`crate::Keyring`], or a key that never leaves an HSM.
pub trait KeyWrap: Send + Sync {
    /// Encrypts `key`. `context` says what the key is for; it is authenticated and not stored.
    ///
    /// # Errors
    /// [`KeyError::Random`], or [`KeyError::Root`] when an HSM does not answer.
    fn wrap(&self, key: &SecretKey, context: &[u8]) -> Result<WrappedKey, KeyError>;

    /// Decrypts a key that was wrapped for the same context, by this version or an earlier one.
    ///
    /// # Errors
    /// [`KeyError::NotAuthentic`] for another context or wrapper or a changed key;
    /// [`KeyError::NoSuchVersion`] when its version was retired; [`KeyError::Root`].
    fn unwrap(&self, wrapped: &WrappedKey, context: &[u8]) -> Result<SecretKey, KeyError>;

    /// The version that wraps now: keys wrapped by a lower one can be wrapped anew.
    fn version(&self) -> u32;
}

/// A key, encrypted by its parent. Safe to store anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey {
    parent: u32,
    sealed: Vec<u8>,
}

impl WrappedKey {
    /// What a wrapper made of a key; `parent` is the version of the wrapper that did it.
    pub fn new(parent: u32, sealed: Vec<u8>) -> Self {
        Self { parent, sealed }
    }

    /// The version of the parent that it is wrapped by.
    pub fn parent(&self) -> u32 {
        self.parent
    }

    /// The encrypted key, for the wrapper.
    pub fn sealed(&self) -> &[u8] {
        &self.sealed
    }

    /// A form to store: a format byte, the parent's version (4 bytes, big-endian), the encrypted key.
    pub fn to_bytes(&self) -> Vec<u8> {
        [&[FORMAT][..], &self.parent.to_be_bytes(), &self.sealed].concat()
    }

    /// Reads what [`WrappedKey::to_bytes`] made.
    ///
    /// # Errors
    /// [`KeyError::Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let rest = bytes.strip_prefix(&[FORMAT]).ok_or(KeyError::Malformed)?;
        let (parent, sealed) = rest.split_first_chunk().ok_or(KeyError::Malformed)?;
        Ok(Self { parent: u32::from_be_bytes(*parent), sealed: sealed.to_vec() })
    }
}

/// Wraps `key` under the key `kek`, which is the wrapper's `version`.
pub(crate) fn wrap_under(
    kek: &SecretKey,
    version: u32,
    key: &SecretKey,
    context: &[u8],
) -> Result<WrappedKey, KeyError> {
    let sealed = wrapper(kek).seal_random(&named(version, context), key.expose())?;
    Ok(WrappedKey::new(version, sealed))
}

/// Unwraps what [`wrap_under`] made.
pub(crate) fn unwrap_under(
    kek: &SecretKey,
    wrapped: &WrappedKey,
    context: &[u8],
) -> Result<SecretKey, KeyError> {
    let named = named(wrapped.parent, context);
    let plain = zeroize::Zeroizing::new(wrapper(kek).open_random(&named, &wrapped.sealed)?);
    let mut key = zeroize::Zeroizing::new([0; SecretKey::LEN]);
    if plain.len() != key.len() {
        return Err(KeyError::Malformed);
    }
    key.copy_from_slice(&plain);
    Ok(SecretKey::from_bytes(*key))
}

/// Wrapping has a key of its own, so that whatever else a key is used for does not meet it.
fn wrapper(kek: &SecretKey) -> Sealer {
    Sealer::new(&kek.derive("wrap", b""))
}

fn named(version: u32, context: &[u8]) -> Vec<u8> {
    [&version.to_be_bytes()[..], context].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn round_trip(context: Vec<u8>, version: u32) {
            let (kek, key) = (SecretKey::generate().unwrap(), SecretKey::generate().unwrap());
            let wrapped = wrap_under(&kek, version, &key, &context).unwrap();
            let read = WrappedKey::from_bytes(&wrapped.to_bytes()).unwrap();
            prop_assert_eq!(&read, &wrapped);
            prop_assert_eq!(read.parent(), version);
            let unwrapped = unwrap_under(&kek, &read, &context).unwrap();
            prop_assert_eq!(unwrapped.expose(), key.expose());
        }

        #[test]
        fn any_change_is_refused(at: proptest::sample::Index, bit in 0..8u8) {
            let (kek, key) = (SecretKey::generate().unwrap(), SecretKey::generate().unwrap());
            let mut bytes = wrap_under(&kek, 3, &key, b"bucket").unwrap().to_bytes();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            let refused = WrappedKey::from_bytes(&bytes).and_then(|key| unwrap_under(&kek, &key, b"bucket"));
            prop_assert!(refused.is_err());
        }

        #[test]
        fn any_bytes_parse_or_fail(bytes: Vec<u8>) {
            let _ = WrappedKey::from_bytes(&bytes);
        }
    }

    #[test]
    fn another_context_or_kek_is_refused() {
        let (kek, key) = (SecretKey::generate().unwrap(), SecretKey::generate().unwrap());
        let wrapped = wrap_under(&kek, 1, &key, b"bucket a").unwrap();
        assert!(matches!(unwrap_under(&kek, &wrapped, b"bucket b"), Err(KeyError::NotAuthentic)));
        assert!(matches!(unwrap_under(&key, &wrapped, b"bucket a"), Err(KeyError::NotAuthentic)));
    }
}
