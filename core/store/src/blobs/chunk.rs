use kurodo_keys::{NONCE_LEN, Sealer, SecretKey, TAG_LEN};

use super::{BlobError, BlobId, Damage};

/// Plaintext bytes of every chunk but the last.
pub(super) const CHUNK: usize = 64 << 10;
/// A whole chunk on disk: ciphertext and tag.
pub(super) const SEALED: usize = CHUNK + TAG_LEN;

/// Seals and opens the chunks of one blob.
///
/// Chunk `i` is AES-256-GCM under the blob's own data key with nonce `i`; the associated data is id, `i` and
/// whether it is the last. So no chunk serves in another place, blob or length. (This is the STREAM construction
/// of Hoang, Reyhanitabar, Rogaway and Vizár, 2015, with the position in the associated data.)
pub(super) struct Chunks {
    id: BlobId,
    sealer: Sealer,
}

impl Chunks {
    pub(super) fn new(id: BlobId, data: &SecretKey) -> Self {
        Self { id, sealer: Sealer::new(data) }
    }

    /// Seals `plain` into `out`, which is [`TAG_LEN`] longer.
    pub(super) fn seal(&self, index: u64, last: bool, plain: &[u8], out: &mut [u8]) -> Result<(), BlobError> {
        let (body, end) = out.split_last_chunk_mut::<TAG_LEN>().ok_or(BlobError::TooLong)?;
        let tag = self.sealer.seal_apart(nonce(index), &self.bound(index, last), plain, body);
        *end = tag.map_err(BlobError::seal)?;
        Ok(())
    }

    /// Opens `sealed` into `plain`, which is [`TAG_LEN`] shorter.
    pub(super) fn open(
        &self,
        index: u64,
        last: bool,
        sealed: &[u8],
        plain: &mut [u8],
    ) -> Result<(), BlobError> {
        let damaged = BlobError::Damaged { id: self.id, damage: Damage::Chunk(index) };
        let Some((body, tag)) = sealed.split_last_chunk() else { return Err(damaged) };
        self.sealer.open_apart(nonce(index), &self.bound(index, last), body, tag, plain).map_err(|_| damaged)
    }

    fn bound(&self, index: u64, last: bool) -> [u8; BlobId::LEN + 9] {
        let mut aad = [u8::from(last); BlobId::LEN + 9];
        let (id, rest) = aad.split_at_mut(BlobId::LEN);
        id.copy_from_slice(self.id.as_bytes());
        if let Some(place) = rest.first_chunk_mut() {
            *place = index.to_be_bytes();
        }
        aad
    }
}

fn nonce(index: u64) -> [u8; NONCE_LEN] {
    let mut nonce = [0; NONCE_LEN];
    if let Some(end) = nonce.last_chunk_mut() {
        *end = index.to_be_bytes();
    }
    nonce
}

/// Where the chunks of a blob of this length lie. An empty blob is one empty chunk.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    length: u64,
}

/// One chunk's place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) index: u64,
    pub(super) last: bool,
    /// Where it begins in the file.
    pub(super) offset: u64,
    /// Its bytes of content.
    pub(super) plain: usize,
}

impl Layout {
    pub(super) fn new(length: u64) -> Self {
        Self { length }
    }

    pub(super) fn chunks(self) -> u64 {
        self.length.div_ceil(CHUNK as u64).max(1)
    }

    /// The length of the file.
    pub(super) fn file(self) -> u64 {
        self.length.saturating_add(self.chunks().saturating_mul(TAG_LEN as u64))
    }

    pub(super) fn place(self, index: u64) -> Place {
        let before = index.saturating_mul(CHUNK as u64);
        let plain = self.length.saturating_sub(before).min(CHUNK as u64) as usize;
        let offset = index.saturating_mul(SEALED as u64);
        Place { index, last: index + 1 >= self.chunks(), offset, plain }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn places_fill_the_file(length in 0u64..5_000_000) {
            let layout = Layout::new(length);
            let places: Vec<_> = (0..layout.chunks()).map(|index| layout.place(index)).collect();
            prop_assert_eq!(places.iter().map(|place| place.plain as u64).sum::<u64>(), length);
            let mut end = 0;
            for place in &places {
                prop_assert_eq!(place.offset, end);
                end += (place.plain + TAG_LEN) as u64;
            }
            prop_assert_eq!(end, layout.file());
            prop_assert_eq!(places.iter().filter(|place| place.last).count(), 1);
        }
    }

    #[test]
    fn a_chunk_serves_only_its_place() {
        let id = BlobId::from_bytes([1; 16]);
        let key = SecretKey::from_bytes([2; 32]);
        let chunks = Chunks::new(id, &key);
        let (mut sealed, mut plain) = ([0; 20], [0; 4]);
        chunks.seal(3, false, b"data", &mut sealed).unwrap();
        chunks.open(3, false, &sealed, &mut plain).unwrap();
        assert_eq!(&plain, b"data");
        assert!(chunks.open(4, false, &sealed, &mut plain).is_err());
        assert!(chunks.open(3, true, &sealed, &mut plain).is_err());
        let other = Chunks::new(BlobId::from_bytes([9; 16]), &key);
        assert!(other.open(3, false, &sealed, &mut plain).is_err());
    }
}
