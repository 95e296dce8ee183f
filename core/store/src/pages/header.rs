use kurodo_keys::NonceSequence;

use super::block::{BLOCK, Cipher, Nonce};
use super::layout::{SLOT, SLOTS};
use super::medium::Medium;
use super::{PageError, Part};

/// One entry of a checkpoint's list: a block's index and the nonce that it was last sealed with.
const ENTRY: usize = 8 + size_of::<Nonce>();
/// How many blocks a checkpoint can list and still fit its slot.
pub(super) const MOST_LISTED: usize = (SLOT as usize - BLOCK - 256) / ENTRY;

/// A state of the whole file to come back to: redb's header, and the blocks that must have reached the disk for
/// this header to hold. It is written in one piece with a sequence number, to the slot that the last durable
/// checkpoint does not lie in.
#[derive(Debug, Clone)]
pub(super) struct Checkpoint {
    pub(super) sequence: u64,
    /// The length that the file must have at least, in redb's bytes.
    pub(super) len: u64,
    pub(super) header: Box<[u8; BLOCK]>,
    pub(super) listed: Vec<(u64, Nonce)>,
}

impl Checkpoint {
    pub(super) fn write(
        &self,
        medium: &dyn Medium,
        cipher: &Cipher,
        nonces: &NonceSequence,
        slot: usize,
    ) -> Result<(), PageError> {
        let sealed = cipher.seal_piece(nonces, &place(slot), self.encode())?;
        let length = u32::try_from(sealed.len()).map_err(|_| kurodo_keys::KeyError::TooLong)?;
        let offset = SLOTS.get(slot).ok_or(PageError::Damaged(Part::Header))?;
        Ok(medium.write(*offset, &[&length.to_be_bytes()[..], &sealed].concat())?)
    }

    /// Whether this slot is neither blank nor opens.
    pub(super) fn is_spoiled(medium: &dyn Medium, cipher: &Cipher, slot: usize) -> bool {
        let mut length = [0; 4];
        let is_there = SLOTS.get(slot).is_some_and(|offset| medium.read(*offset, &mut length).is_ok());
        is_there && length != [0; 4] && Self::read(medium, cipher, slot).is_none()
    }

    /// The checkpoint in this slot; none when there is none or it does not open.
    pub(super) fn read(medium: &dyn Medium, cipher: &Cipher, slot: usize) -> Option<Self> {
        let offset = *SLOTS.get(slot)?;
        let mut length = [0; 4];
        medium.read(offset, &mut length).ok()?;
        let length = u32::from_be_bytes(length);
        if u64::from(length) > SLOT - 4 {
            return None;
        }
        let mut sealed = vec![0; length as usize];
        medium.read(offset + 4, &mut sealed).ok()?;
        Self::decode(&cipher.open_piece(&place(slot), &sealed).ok()?)
    }

    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(BLOCK + 16 + self.listed.len() * ENTRY);
        bytes.extend_from_slice(&self.sequence.to_be_bytes());
        bytes.extend_from_slice(&self.len.to_be_bytes());
        bytes.extend_from_slice(&self.header[..]);
        for (block, nonce) in &self.listed {
            bytes.extend_from_slice(&block.to_be_bytes());
            bytes.extend_from_slice(nonce);
        }
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (sequence, rest) = bytes.split_first_chunk()?;
        let (len, rest) = rest.split_first_chunk()?;
        let (header, rest) = rest.split_first_chunk()?;
        let (entries, []) = rest.as_chunks::<ENTRY>() else { return None };
        let entry = |bytes: &[u8; ENTRY]| {
            let (block, nonce) = bytes.split_first_chunk()?;
            Some((u64::from_be_bytes(*block), nonce.try_into().ok()?))
        };
        Some(Self {
            sequence: u64::from_be_bytes(*sequence),
            len: u64::from_be_bytes(*len),
            header: Box::new(*header),
            listed: entries.iter().map(entry).collect::<Option<_>>()?,
        })
    }
}

fn place(slot: usize) -> [u8; 7] {
    if slot == 0 { *b"header0" } else { *b"header1" }
}
