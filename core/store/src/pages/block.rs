use kurodo_keys::{KeyError, NONCE_LEN, NonceSequence, Sealer, SecretKey, TAG_LEN};

/// Bytes of a block as redb sees it.
pub(super) const BLOCK: usize = 4096;
/// Bytes beside each block: nonce, tag and format.
const TRAILER: usize = NONCE_LEN + TAG_LEN + FORMAT.len();
/// Bytes of a block as it lies on disk.
pub(super) const STRIDE: usize = BLOCK + TRAILER;
/// The one format that there is.
const FORMAT: [u8; 4] = *b"KP01";

pub(super) type Nonce = [u8; NONCE_LEN];
pub(super) type FileId = [u8; 16];

/// Seals blocks to their place in one file: a block that is moved within it, or to another file, does not open.
pub(super) struct Cipher {
    sealer: Sealer,
    pub(super) file: FileId,
}

/// A block on disk is not one that was sealed for its place.
#[derive(Debug)]
pub(super) struct Unreadable;

impl Cipher {
    /// Every file has a key of its own, derived from the store's.
    pub(super) fn new(key: &SecretKey, file: FileId) -> Self {
        Self { sealer: Sealer::new(&key.derive("record pages", &file)), file }
    }

    /// Writes `plain` sealed, with its trailer, to `out` of [`STRIDE`] bytes; gives the nonce that it used.
    pub(super) fn seal(
        &self,
        nonces: &NonceSequence,
        block: u64,
        plain: &[u8],
        out: &mut [u8],
    ) -> Result<Nonce, KeyError> {
        let nonce = nonces.next()?;
        let (body, trailer) = out.split_at_mut_checked(BLOCK).ok_or(KeyError::TooLong)?;
        let tag = self.sealer.seal_apart(nonce, &self.place(block), plain, body)?;
        let trailer = trailer.first_chunk_mut::<TRAILER>().ok_or(KeyError::TooLong)?;
        let (head, rest) = trailer.split_at_mut(NONCE_LEN);
        let (middle, format) = rest.split_at_mut(TAG_LEN);
        head.copy_from_slice(&nonce);
        middle.copy_from_slice(&tag);
        format.copy_from_slice(&FORMAT);
        Ok(nonce)
    }

    /// Opens `sealed` of [`STRIDE`] bytes into `out` of [`BLOCK`]; gives the nonce that it was sealed with.
    pub(super) fn open(&self, block: u64, sealed: &[u8], out: &mut [u8]) -> Result<Nonce, Unreadable> {
        let (body, trailer) = sealed.split_at_checked(BLOCK).ok_or(Unreadable)?;
        let (nonce, rest) = trailer.split_first_chunk().ok_or(Unreadable)?;
        let (tag, format) = rest.split_first_chunk().ok_or(Unreadable)?;
        if format != FORMAT {
            return Err(Unreadable);
        }
        self.sealer.open_apart(*nonce, &self.place(block), body, tag, out).map_err(|_| Unreadable)?;
        Ok(*nonce)
    }

    /// Seals a piece that is no block, such as the header: `place` names it, 16 bytes or less.
    pub(super) fn seal_piece(
        &self,
        nonces: &NonceSequence,
        place: &[u8],
        mut plain: Vec<u8>,
    ) -> Result<Vec<u8>, KeyError> {
        let nonce = nonces.next()?;
        self.sealer.seal_in_place(nonce, &[&self.file, place].concat(), &mut plain)?;
        Ok([&nonce[..], &plain].concat())
    }

    /// Opens what [`Cipher::seal_piece`] made.
    pub(super) fn open_piece(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Unreadable> {
        self.sealer.open_random(&[&self.file, place].concat(), sealed).map_err(|_| Unreadable)
    }

    fn place(&self, block: u64) -> [u8; 24] {
        let mut place = [0; 24];
        let (file, index) = place.split_at_mut(16);
        file.copy_from_slice(&self.file);
        index.copy_from_slice(&block.to_be_bytes());
        place
    }
}
