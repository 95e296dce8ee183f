use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::Ordering;

use super::block::{BLOCK, Nonce};
use super::fresh::Fresh;
use super::header::{Checkpoint, MOST_LISTED};
use super::{PageError, Pages, layout};

/// What changes about a file while it is open.
pub(super) struct State {
    /// Block 0 as redb last wrote it; it goes to disk with the next checkpoint.
    pub(super) header: Box<[u8; BLOCK]>,
    pub(super) header_changed: bool,
    /// Blocks written since the last checkpoint, with the nonce of their last writing.
    pub(super) pending: BTreeMap<u64, Nonce>,
    pub(super) fresh: Fresh,
    /// Blocks that found no room on the disk, sealed.
    pub(super) kept: BTreeMap<u64, Box<[u8]>>,
    /// Ciphertext on its way out.
    pub(super) scratch: Vec<u8>,
    /// The last durable checkpoint, and the slot that it lies in.
    durable: Checkpoint,
    slot: usize,
    /// The blocks that the durable checkpoint lists.
    listed: HashSet<u64>,
    group: Group,
}

/// Whether a commit is under way whose first flush can wait for its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Off,
    /// In a commit; nothing was written since its last flush.
    Quiet,
    /// In a commit; blocks were written since its last flush.
    Touched,
}

impl State {
    pub(super) fn new(durable: Checkpoint, slot: usize) -> Self {
        Self {
            header: durable.header.clone(),
            header_changed: false,
            pending: BTreeMap::new(),
            fresh: Fresh::default(),
            kept: BTreeMap::new(),
            scratch: Vec::new(),
            listed: durable.listed.iter().map(|(block, _)| *block).collect(),
            durable,
            slot,
            group: Group::Off,
        }
    }

    /// Must come before any of these blocks is overwritten, and before the file is cut below `len`.
    pub(super) fn release(
        &mut self,
        pages: &Pages,
        mut blocks: impl Iterator<Item = u64>,
    ) -> Result<(), PageError> {
        if !self.listed.is_empty() && blocks.any(|block| self.listed.contains(&block)) {
            self.settle(pages, None)?;
        }
        Ok(())
    }

    /// Writes the durable checkpoint once more, without its list, to the other slot. From then on it stands
    /// whatever becomes of the blocks it listed and, given a length, of everything past that.
    pub(super) fn settle(&mut self, pages: &Pages, len: Option<u64>) -> Result<(), PageError> {
        let len = len.unwrap_or(self.durable.len).min(self.durable.len);
        let header = self.durable.header.clone();
        self.commit(pages, Checkpoint { sequence: 0, len, header, listed: Vec::new() })
    }

    /// Whether the durable checkpoint would fall with a file cut to this length.
    pub(super) fn leans_past(&self, len: u64) -> bool {
        self.durable.len > len || self.listed.iter().any(|block| *block >= len / BLOCK as u64)
    }

    pub(super) fn note_written(&mut self, block: u64, nonce: Nonce) {
        self.pending.insert(block, nonce);
        if self.group == Group::Quiet {
            self.group = Group::Touched;
        }
    }

    /// Forgets what was not made durable.
    pub(super) fn roll_back(&mut self) {
        self.header.clone_from(&self.durable.header);
        self.header_changed = false;
        self.pending.clear();
        self.kept.clear();
        self.group = Group::Off;
    }

    /// Flushes: returns when all that was written so far is the durable checkpoint.
    fn checkpoint(&mut self, pages: &Pages) -> Result<(), PageError> {
        pages.write_kept(self)?;
        if self.pending.len() > MOST_LISTED {
            flush(pages)?;
            self.pending.clear();
        }
        let len = pages.len.load(Ordering::Acquire);
        let listed = std::mem::take(&mut self.pending).into_iter().collect();
        self.commit(pages, Checkpoint { sequence: 0, len, header: self.header.clone(), listed })?;
        self.header_changed = false;
        Ok(())
    }

    fn commit(&mut self, pages: &Pages, mut checkpoint: Checkpoint) -> Result<(), PageError> {
        checkpoint.sequence = self.durable.sequence + 1;
        let slot = 1 - self.slot;
        checkpoint.write(&*pages.medium, &pages.cipher, &pages.nonces, slot)?;
        flush(pages)?;
        self.listed = checkpoint.listed.iter().map(|(block, _)| *block).collect();
        self.durable = checkpoint;
        self.slot = slot;
        Ok(())
    }
}

fn flush(pages: &Pages) -> Result<(), PageError> {
    pages.medium.sync().map_err(|_| PageError::Stopped)
}

impl Pages {
    /// Makes everything written so far durable. Within a group, redb's first flush of a two-phase commit only
    /// notes itself: the second covers both, because its checkpoint lists what the first would have flushed.
    pub(crate) fn sync(&self) -> Result<(), PageError> {
        self.refuse_if_stopped()?;
        let mut state = self.lock();
        if state.group == Group::Touched {
            state.group = Group::Quiet;
            return Ok(());
        }
        self.noting(state.checkpoint(self))
    }

    /// Begins a group: one commit of redb's.
    pub(crate) fn begin_group(&self) {
        self.lock().group = Group::Quiet;
    }

    /// Ends a group, and flushes whatever its flushes left.
    pub(crate) fn end_group(&self) -> Result<(), PageError> {
        let mut state = self.lock();
        state.group = Group::Off;
        if state.pending.is_empty() && !state.header_changed {
            return Ok(());
        }
        self.noting(state.checkpoint(self))
    }

    /// Leaves the durable checkpoint in both slots, so that neither is the only one.
    pub(crate) fn close(&self) -> Result<(), PageError> {
        self.refuse_if_stopped()?;
        self.noting(self.lock().settle(self, None))
    }

    /// Grows with zeros, or cuts; in redb's bytes.
    pub(crate) fn set_len(&self, len: u64) -> Result<(), PageError> {
        self.refuse_if_stopped()?;
        self.noting(self.set_len_locked(&mut self.lock(), len))
    }

    fn set_len_locked(&self, state: &mut State, len: u64) -> Result<(), PageError> {
        let (blocks, 0) = layout::block_of(len) else {
            return Err(std::io::Error::from(std::io::ErrorKind::InvalidInput).into());
        };
        let before = layout::block_of(self.len()).0;
        if blocks < before {
            if state.leans_past(len) {
                state.settle(self, Some(len))?;
            }
            state.pending.split_off(&blocks);
            state.kept.split_off(&blocks);
            state.fresh.cut(blocks);
        }
        self.medium.set_len(layout::disk_len(blocks))?;
        state.fresh.grow(before..blocks);
        self.len.store(len, Ordering::Release);
        Ok(())
    }
}
