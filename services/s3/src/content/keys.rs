use std::{collections::VecDeque, ops::Range, sync::Arc};

use bytes::Bytes;
use kurodo_keys::{KeyError, Keystream, SecretKey};
use kurodo_store::blobs::{BlobId, BlobRef};

use crate::records::{KmsKey, PartEntry};

/// The keys that close and open an object's content.
#[derive(Clone)]
pub(crate) struct Keys {
    /// Wraps the data keys of its contents.
    pub(crate) wrapping: Arc<SecretKey>,
    /// Makes the layer of encryption inside, where there are two.
    inner: Option<Arc<SecretKey>>,
}

impl Keys {
    /// One layer of encryption, under data keys that this key wraps.
    pub(crate) fn one(wrapping: Arc<SecretKey>) -> Self {
        Self { wrapping, inner: None }
    }

    /// What an object's data key from KMS makes. Of two layers the inner one is KMS's, the outer one the bucket's; they have
    /// no key in common.
    ///
    /// Source: S3 User Guide, "Using dual-layer server-side encryption with AWS KMS keys (DSSE-KMS)".
    pub(crate) fn of_kms(data: &SecretKey, kms: &KmsKey, bucket: &Arc<SecretKey>) -> Self {
        let salt = kms.salt.bytes();
        match kms.dual {
            false => Self::one(Arc::new(data.derive("s3 kms object key", salt))),
            true => {
                let inner = Arc::new(data.derive("s3 kms inner layer", salt));
                Self { wrapping: Arc::clone(bucket), inner: Some(inner) }
            }
        }
    }

    /// The inner layer of what is put in this blob, or in the record, if there is one.
    pub(super) fn layer(&self, blob: Option<BlobId>) -> Result<Option<Keystream>, KeyError> {
        let stream = |inner: &SecretKey| Keystream::at(&stream_key(inner, blob), 0);
        self.inner.as_deref().map(stream).transpose()
    }

    /// The inner layer of a range of content in one piece.
    pub(super) fn layer_of(
        &self,
        blob: Option<&BlobRef>,
        range: &Range<u64>,
    ) -> Result<Option<Layer>, KeyError> {
        let Some(inner) = self.inner.as_deref() else { return Ok(None) };
        let key = stream_key(inner, blob.map(BlobRef::id));
        let now = Keystream::at(&key, range.start)?;
        Ok(Some(Layer { now, left: u64::MAX, next: VecDeque::new() }))
    }

    /// The inner layer of a range of content in parts.
    pub(super) fn layer_of_parts(
        &self,
        parts: &[PartEntry],
        range: &Range<u64>,
    ) -> Result<Option<Layer>, KeyError> {
        let Some(inner) = self.inner.as_deref() else { return Ok(None) };
        let (mut at, mut next) = (0_u64, VecDeque::new());
        for part in parts {
            let (start, end) = (at, at.saturating_add(part.blob.length()));
            if start < range.end && end > range.start {
                let from = range.start.saturating_sub(start);
                next.push_back((stream_key(inner, Some(part.blob.id())), from, end - start - from));
            }
            at = end;
        }
        let Some((key, from, left)) = next.pop_front() else { return Ok(None) };
        Ok(Some(Layer { now: Keystream::at(&key, from)?, left, next }))
    }
}

/// No two contents of an object have one key: a part that is uploaded again lies in another blob.
fn stream_key(inner: &SecretKey, blob: Option<BlobId>) -> SecretKey {
    inner.derive("s3 layer", blob.as_ref().map(BlobId::as_bytes).map_or(&[], |id| id.as_slice()))
}

/// The inner layer of content that is being read.
pub(super) struct Layer {
    now: Keystream,
    /// Bytes until the next part begins.
    left: u64,
    /// The parts behind: their keys, where in them to begin, and their lengths from there.
    next: VecDeque<(SecretKey, u64, u64)>,
}

impl Layer {
    /// Takes the layer off the next piece.
    pub(super) fn take_off(&mut self, mut piece: Bytes) -> Result<Bytes, KeyError> {
        let mut open = Vec::with_capacity(piece.len());
        while !piece.is_empty() {
            if self.left == 0 {
                let (key, from, left) = self.next.pop_front().ok_or(KeyError::NotAuthentic)?;
                (self.now, self.left) = (Keystream::at(&key, from)?, left);
            }
            let length = usize::try_from(self.left).unwrap_or(usize::MAX).min(piece.len());
            open.append(&mut self.now.apply(&piece.split_to(length))?);
            self.left = self.left.saturating_sub(length as u64);
        }
        Ok(open.into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::records::Salt;

    fn keys(dual: bool) -> Keys {
        let kms = KmsKey {
            arn: String::new(),
            dual,
            bucket_key: false,
            context: Default::default(),
            wrapped: Vec::new(),
            salt: Salt::from_bytes([3; 16]),
        };
        Keys::of_kms(&SecretKey::from_bytes([1; 32]), &kms, &Arc::new(SecretKey::from_bytes([2; 32])))
    }

    /// A blob of this number and length.
    fn part(number: u8, length: u64) -> PartEntry {
        let mut bytes = [number; BlobRef::LEN];
        bytes[0] = 1;
        bytes[17..25].copy_from_slice(&length.to_be_bytes());
        PartEntry { blob: BlobRef::from_bytes(&bytes).unwrap(), checksum: None }
    }

    #[test]
    fn one_layer_is_kms_alone_and_of_two_the_outer_one_is_the_buckets() {
        let (one, two) = (keys(false), keys(true));
        assert_ne!(one.wrapping.expose(), &[2; 32]);
        assert_ne!(one.wrapping.expose(), &[1; 32]);
        assert!(one.layer(None).unwrap().is_none());
        assert_eq!(two.wrapping.expose(), &[2; 32]);
        assert!(two.layer(None).unwrap().is_some());
    }

    proptest! {
        #[test]
        fn any_range_of_parts_is_opened(
            lengths in proptest::collection::vec(1..60_u64, 1..5),
            start: proptest::sample::Index,
            end: proptest::sample::Index,
            piece in 1..70_usize,
        ) {
            let keys = keys(true);
            let parts: Vec<_> = (1..).zip(&lengths).map(|(number, length)| part(number, *length)).collect();
            let plain: Vec<u8> = (0..lengths.iter().sum::<u64>()).map(|at| at as u8).collect();
            let (mut sealed, mut rest) = (Vec::new(), plain.as_slice());
            for part in &parts {
                let (own, behind) = rest.split_at(part.blob.length() as usize);
                sealed.extend(keys.layer(Some(part.blob.id())).unwrap().unwrap().apply(own).unwrap());
                rest = behind;
            }
            prop_assert_ne!(&sealed, &plain);
            let (a, b) = (start.index(plain.len()), end.index(plain.len() + 1));
            let (a, b) = (a.min(b), a.max(b));
            let mut layer = keys.layer_of_parts(&parts, &(a as u64..b as u64)).unwrap();
            let mut open = Vec::new();
            for piece in sealed[a..b].chunks(piece) {
                open.extend(layer.as_mut().unwrap().take_off(Bytes::copy_from_slice(piece)).unwrap());
            }
            prop_assert_eq!(open, &plain[a..b]);
        }
    }
}
