//! The encrypted file below redb.
//!
//! What holds:
//!
//! - Every byte that redb writes lies on disk as AES-256-GCM ciphertext, sealed to its block and its file. Nonces
//!   are an epoch, counted up durably at each open, and a counter.
//! - After a crash the file is exactly what it was at one call of [`Pages::sync`], the last that returned or a
//!   later one. A checkpoint holds redb's header and lists the blocks that were written since the checkpoint
//!   before; it counts only if each of them is on disk. So one flush of the disk makes a commit durable, and redb
//!   never sees half of one.
//! - The slot of the last durable checkpoint is never overwritten before a later one is durable, and no block
//!   that it lists is overwritten before it stands without its list ([`State::settle`]).
//! - Only blocks that this process added and did not write read as zeros. Everything else opens or is damaged.
//!
//! Someone who can write the disk can still bring back an older state: of the whole file, which looks like a
//! restored backup, or of a block, which redb's tree of checksums shows to `kurodo check`.

mod backend;
mod block;
mod boot;
mod error;
mod fresh;
mod header;
mod io;
mod kept;
mod layout;
mod medium;
mod scan;
mod state;
#[cfg(test)]
pub(crate) mod tests;

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use kurodo_keys::{NonceSequence, SecretKey};

pub(crate) use backend::Backend;
use block::{BLOCK, Cipher};
use boot::Boot;
pub(crate) use error::{PageError, Part};
use header::Checkpoint;
pub(crate) use medium::Medium;
use state::State;

/// One encrypted file of blocks.
pub(crate) struct Pages {
    medium: Box<dyn Medium>,
    cipher: Cipher,
    nonces: NonceSequence,
    /// In redb's bytes; changed under the state's lock.
    len: AtomicU64,
    state: Mutex<State>,
    /// Whether the state keeps blocks that found no room.
    keeping: AtomicBool,
    fault: Mutex<Option<Fault>>,
    /// Copies of marks and checkpoints that did not open, and were not needed.
    spoiled: usize,
}

/// What went wrong first since the last [`Pages::roll_back`]; redb answers every call after it with nothing more
/// than that there was an error before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Something on disk does not open.
    Damaged(Part),
    /// A flush failed: what the disk holds is unknown, and no later flush would tell.
    Stopped,
    /// The disk is full.
    Full,
    /// Another error of the disk.
    Io(std::io::ErrorKind),
}

impl Pages {
    /// A new empty file on an empty medium.
    ///
    /// # Errors
    /// [`PageError::Io`] and [`PageError::Keys`].
    pub(crate) fn create(medium: Box<dyn Medium>, key: &SecretKey) -> Result<Self, PageError> {
        medium.set_len(layout::disk_len(0))?;
        let boot = Boot::create(&*medium, key)?;
        let first = Checkpoint { sequence: 0, len: 0, header: Box::new([0; BLOCK]), listed: Vec::new() };
        Self::start(medium, key, boot, 0, State::new(first, 1))
    }

    /// The file as its last durable checkpoint left it.
    ///
    /// # Errors
    /// [`PageError::Damaged`] when no checkpoint can be used or the key is another file's; [`PageError::Io`] and
    /// [`PageError::Keys`].
    pub(crate) fn open(medium: Box<dyn Medium>, key: &SecretKey) -> Result<Self, PageError> {
        let spoiled = Boot::spoiled(&*medium, key);
        // This also flushes what a killed process left in the system's cache, before anything is built on it.
        let boot = Boot::open(&*medium, key)?;
        let blocks = layout::blocks_in(medium.len()?);
        let cipher = Cipher::new(key, boot.file);
        let (slot, checkpoint) = newest(&*medium, &cipher, blocks).ok_or(PageError::Damaged(Part::Header))?;
        let slots = (0..2).filter(|slot| Checkpoint::is_spoiled(&*medium, &cipher, *slot)).count();
        let pages = Self::start(medium, key, boot, blocks, State::new(checkpoint, slot))?;
        Ok(Self { spoiled: spoiled + slots, ..pages })
    }

    fn start(
        medium: Box<dyn Medium>,
        key: &SecretKey,
        boot: Boot,
        blocks: u64,
        state: State,
    ) -> Result<Self, PageError> {
        Ok(Self {
            medium,
            cipher: Cipher::new(key, boot.file),
            nonces: NonceSequence::begin(boot.epoch)?,
            len: AtomicU64::new(blocks * BLOCK as u64),
            state: Mutex::new(state),
            keeping: AtomicBool::new(false),
            fault: Mutex::new(None),
            spoiled: 0,
        })
    }

    /// The file's random id.
    pub(crate) fn id(&self) -> [u8; 16] {
        self.cipher.file
    }

    /// How many blocks were written since the last checkpoint.
    pub(crate) fn written(&self) -> usize {
        self.lock().pending.len()
    }

    /// The length as redb sees it, in bytes.
    pub(crate) fn len(&self) -> u64 {
        self.len.load(Ordering::Acquire)
    }

    /// How many copies of marks and checkpoints did not open when the file was opened. There are two of each, and one
    /// suffices; a crash can spoil the one that was being written, which held nothing that was acknowledged.
    pub(crate) fn spoiled(&self) -> usize {
        self.spoiled
    }

    /// What went wrong first, if anything.
    pub(crate) fn fault(&self) -> Option<Fault> {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what redb wrote since the last checkpoint, and any fault but a failed flush.
    ///
    /// # Errors
    /// [`PageError::Stopped`] after a failed flush.
    pub(crate) fn roll_back(&self) -> Result<(), PageError> {
        let mut state = self.lock();
        self.refuse_if_stopped()?;
        state.roll_back();
        self.keeping.store(false, Ordering::Release);
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic under the lock leaves at worst a block that was not written: redb never learns of it as written.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refuse_if_stopped(&self) -> Result<(), PageError> {
        if self.fault() == Some(Fault::Stopped) { Err(PageError::Stopped) } else { Ok(()) }
    }

    /// Remembers the first fault on its way out.
    fn noting<T>(&self, result: Result<T, PageError>) -> Result<T, PageError> {
        if let Err(error) = &result {
            let mut fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
            if fault.is_none() || error.is_stop() {
                *fault = Some(error.into());
            }
        }
        result
    }
}

fn newest(medium: &dyn Medium, cipher: &Cipher, blocks: u64) -> Option<(usize, Checkpoint)> {
    let mut found: Vec<_> =
        [0, 1].into_iter().filter_map(|slot| Some((slot, Checkpoint::read(medium, cipher, slot)?))).collect();
    found.sort_by_key(|(_, checkpoint)| std::cmp::Reverse(checkpoint.sequence));
    found.into_iter().find(|(_, checkpoint)| is_complete(medium, cipher, blocks, checkpoint))
}

fn is_complete(medium: &dyn Medium, cipher: &Cipher, blocks: u64, checkpoint: &Checkpoint) -> bool {
    let (mut sealed, mut plain) = ([0; block::STRIDE], [0; BLOCK]);
    let mut holds = |(block, nonce): &(u64, block::Nonce)| {
        medium.read(layout::offset_of(*block), &mut sealed).is_ok()
            && cipher.open(*block, &sealed, &mut plain).is_ok_and(|found| found == *nonce)
    };
    checkpoint.len <= blocks * BLOCK as u64 && checkpoint.listed.iter().all(&mut holds)
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("len", &self.len()).finish_non_exhaustive()
    }
}
