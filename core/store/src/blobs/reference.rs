use kurodo_keys::{Sealer, SecretKey, TAG_LEN};
use zeroize::Zeroizing;

use super::{BlobError, BlobId};

const VERSION: u8 = 1;
const WRAPPED: usize = SecretKey::LEN + TAG_LEN;

/// What finds and opens a blob again: its id, its length and its data key, wrapped. Belongs into the record that
/// publishes the blob.
///
/// The data key lies here and not in the file, so that changing the key above it changes one record in one
/// transaction and never a file in place; and so that deleting the record makes a copy of the file worthless.
/// The wrapping authenticates id and length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobRef {
    id: BlobId,
    length: u64,
    wrapped: [u8; WRAPPED],
}

impl BlobRef {
    /// The length of [`BlobRef::to_bytes`].
    pub const LEN: usize = 1 + BlobId::LEN + 8 + WRAPPED;

    /// The blob's name.
    pub fn id(&self) -> BlobId {
        self.id
    }

    /// The length of the content in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The bytes to store. They are not secret, but whoever changes them loses the blob.
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let mut bytes = [VERSION; Self::LEN];
        let length = self.length.to_be_bytes();
        let fields = self.id.as_bytes().iter().chain(&length).chain(&self.wrapped).copied();
        bytes.iter_mut().skip(1).zip(fields).for_each(|(byte, field)| *byte = field);
        bytes
    }

    /// Reads what [`BlobRef::to_bytes`] gave.
    ///
    /// # Errors
    /// [`BlobError::Reference`] for another length or version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BlobError> {
        let parse = || {
            let (version, rest) = bytes.split_first()?;
            let (id, rest) = rest.split_first_chunk()?;
            let (length, rest) = rest.split_first_chunk()?;
            let wrapped = rest.try_into().ok()?;
            let length = u64::from_be_bytes(*length);
            (*version == VERSION).then_some(Self { id: BlobId::from_bytes(*id), length, wrapped })
        };
        parse().ok_or(BlobError::Reference)
    }

    /// The same blob under another key: for rotation. The file stays as it is.
    ///
    /// # Errors
    /// [`BlobError::Key`] when `old` is not the key that the reference was made with.
    pub fn rewrap(&self, old: &SecretKey, new: &SecretKey) -> Result<Self, BlobError> {
        Self::wrap(self.id, self.length, &self.unwrap(old)?, &wrapping_key(self.id, new))
    }

    pub(super) fn wrap(
        id: BlobId,
        length: u64,
        data: &SecretKey,
        wrapping: &Sealer,
    ) -> Result<Self, BlobError> {
        let mut wrapped = [0; WRAPPED];
        let (body, tail) = wrapped.split_at_mut(SecretKey::LEN);
        let tag =
            wrapping.seal_apart([0; 12], &bound(id, length), data.expose(), body).map_err(BlobError::seal)?;
        tail.copy_from_slice(&tag);
        Ok(Self { id, length, wrapped })
    }

    pub(super) fn unwrap(&self, key: &SecretKey) -> Result<SecretKey, BlobError> {
        let mut data = Zeroizing::new([0; SecretKey::LEN]);
        let opened = self.wrapped.split_last_chunk().and_then(|(body, tag)| {
            wrapping_key(self.id, key)
                .open_apart([0; 12], &bound(self.id, self.length), body, tag, data.as_mut())
                .ok()
        });
        opened.ok_or(BlobError::Key(self.id)).map(|()| SecretKey::from_bytes(*data))
    }
}

/// The key that wraps one blob's data key. It serves one id, and an id has one data key and one length, so that the
/// fixed nonce never meets two messages.
pub(super) fn wrapping_key(id: BlobId, key: &SecretKey) -> Sealer {
    Sealer::new(&key.derive("blob data key", id.as_bytes()))
}

fn bound(id: BlobId, length: u64) -> [u8; 1 + BlobId::LEN + 8] {
    let mut aad = [VERSION; 1 + BlobId::LEN + 8];
    let length = length.to_be_bytes();
    let fields = id.as_bytes().iter().chain(&length).copied();
    aad.iter_mut().skip(1).zip(fields).for_each(|(byte, field)| *byte = field);
    aad
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample(key: &SecretKey) -> BlobRef {
        let id = BlobId::from_bytes([3; 16]);
        BlobRef::wrap(id, 77, &SecretKey::from_bytes([5; 32]), &wrapping_key(id, key)).unwrap()
    }

    proptest! {
        #[test]
        fn any_flipped_bit_is_refused(at in 0..BlobRef::LEN, bit in 0..8u8) {
            let key = SecretKey::from_bytes([1; 32]);
            let mut bytes = sample(&key).to_bytes();
            bytes[at] ^= 1 << bit;
            let opened = BlobRef::from_bytes(&bytes).and_then(|blob| blob.unwrap(&key).map(|_| ()));
            prop_assert!(opened.is_err());
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let _ = BlobRef::from_bytes(&bytes);
        }
    }

    #[test]
    fn another_key_after_rotation() {
        let (old, new) = (SecretKey::from_bytes([1; 32]), SecretKey::from_bytes([2; 32]));
        let rotated = sample(&old).rewrap(&old, &new).unwrap();
        assert_eq!(BlobRef::from_bytes(&rotated.to_bytes()).unwrap(), rotated);
        assert_eq!(rotated.unwrap(&new).unwrap().expose(), &[5; 32]);
        assert!(matches!(rotated.unwrap(&old), Err(BlobError::Key(_))));
        assert!(matches!(sample(&old).rewrap(&new, &old), Err(BlobError::Key(_))));
    }
}
