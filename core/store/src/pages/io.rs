use std::io;
use std::sync::atomic::Ordering;

use super::block::{BLOCK, STRIDE};
use super::layout::{block_of, offset_of};
use super::state::State;
use super::{PageError, Pages, Part};

/// The most blocks that are read or written at once; it bounds the memory that ciphertext takes.
const RUN: usize = 64;

/// A piece of a request within one block, or a run of whole blocks.
enum Span<B> {
    /// Some bytes of a block, from this place in it.
    Part { block: u64, from: usize, bytes: B },
    /// Whole blocks from this one on, [`RUN`] at most.
    Run { first: u64, bytes: B },
}

impl Pages {
    /// Fills `out` from `offset`. Blocks that redb does not write meanwhile are read without a lock.
    pub(crate) fn read(&self, offset: u64, mut out: &mut [u8]) -> Result<(), PageError> {
        self.within(offset, out.len())?;
        let mut at = offset;
        while !out.is_empty() {
            let (bytes, rest) = out.split_at_mut(first_span(at, out.len()));
            let taken = bytes.len() as u64;
            self.noting(self.read_span(span(at, bytes)))?;
            at += taken;
            out = rest;
        }
        Ok(())
    }

    /// Writes `data` at `offset`, which must lie within the length.
    pub(crate) fn write(&self, offset: u64, mut data: &[u8]) -> Result<(), PageError> {
        self.within(offset, data.len())?;
        self.refuse_if_stopped()?;
        let mut state = self.lock();
        let mut at = offset;
        while !data.is_empty() {
            let (bytes, rest) = data.split_at(first_span(at, data.len()));
            self.noting(self.write_span(&mut state, span(at, bytes)))?;
            at += bytes.len() as u64;
            data = rest;
        }
        Ok(())
    }

    fn within(&self, offset: u64, length: usize) -> Result<(), PageError> {
        let end = offset.checked_add(length as u64);
        if end.is_some_and(|end| end <= self.len.load(Ordering::Acquire)) {
            return Ok(());
        }
        Err(io::Error::from(io::ErrorKind::UnexpectedEof).into())
    }

    fn read_span(&self, span: Span<&mut [u8]>) -> Result<(), PageError> {
        match span {
            Span::Run { first, bytes } => self.read_run(first, bytes),
            Span::Part { block: 0, from, bytes } => {
                bytes.copy_from_slice(part(&self.lock().header[..], from, bytes.len()));
                Ok(())
            }
            Span::Part { block, from, bytes } => {
                let mut plain = [0; BLOCK];
                self.read_run(block, &mut plain)?;
                bytes.copy_from_slice(part(&plain, from, bytes.len()));
                Ok(())
            }
        }
    }

    fn read_run(&self, first: u64, out: &mut [u8]) -> Result<(), PageError> {
        if self.is_keeping() {
            return self.read_run_locked(&self.lock(), first, out);
        }
        let (mut one, mut many) = ([0; STRIDE], Vec::new());
        let sealed = if out.len() == BLOCK {
            &mut one[..]
        } else {
            many.resize(out.len() / BLOCK * STRIDE, 0);
            &mut many[..]
        };
        self.medium.read(offset_of(first), sealed)?;
        for ((block, sealed), plain) in (first..).zip(sealed.chunks(STRIDE)).zip(out.chunks_mut(BLOCK)) {
            if self.cipher.open(block, sealed, plain).is_err() {
                self.read_locked(&self.lock(), block, plain)?;
            }
        }
        Ok(())
    }

    fn read_run_locked(&self, state: &State, first: u64, out: &mut [u8]) -> Result<(), PageError> {
        (first..)
            .zip(out.chunks_mut(BLOCK))
            .try_for_each(|(block, plain)| self.read_locked(state, block, plain))
    }

    /// Reads a block that did not open: because it is being written, or never was, or is damaged.
    pub(super) fn read_locked(&self, state: &State, block: u64, plain: &mut [u8]) -> Result<(), PageError> {
        let mut sealed = [0; STRIDE];
        match state.kept.get(&block) {
            Some(kept) => sealed.copy_from_slice(kept),
            None => self.medium.read(offset_of(block), &mut sealed)?,
        }
        if state.fresh.contains(block) && sealed.iter().all(|byte| *byte == 0) {
            plain.fill(0);
            return Ok(());
        }
        match self.cipher.open(block, &sealed, plain) {
            Ok(_) => Ok(()),
            Err(_) => {
                plain.fill(0);
                Err(PageError::Damaged(Part::Block(block)))
            }
        }
    }

    fn write_span(&self, state: &mut State, span: Span<&[u8]>) -> Result<(), PageError> {
        match span {
            Span::Run { first, bytes } => self.write_run(state, first, bytes),
            Span::Part { block: 0, from, bytes } => {
                part_mut(&mut state.header[..], from, bytes.len()).copy_from_slice(bytes);
                state.header_changed = true;
                Ok(())
            }
            Span::Part { block, from, bytes } => {
                let mut plain = [0; BLOCK];
                self.read_locked(state, block, &mut plain)?;
                part_mut(&mut plain, from, bytes.len()).copy_from_slice(bytes);
                self.write_run(state, block, &plain)
            }
        }
    }

    fn write_run(&self, state: &mut State, first: u64, plain: &[u8]) -> Result<(), PageError> {
        let blocks = first..first + (plain.len() / BLOCK) as u64;
        state.release(self, blocks.clone())?;
        let mut scratch = std::mem::take(&mut state.scratch);
        scratch.resize(plain.len() / BLOCK * STRIDE, 0);
        for ((block, plain), out) in blocks.zip(plain.chunks(BLOCK)).zip(scratch.chunks_mut(STRIDE)) {
            let nonce = self.cipher.seal(&self.nonces, block, plain, out)?;
            state.fresh.written(block);
            state.note_written(block, nonce);
        }
        let written = self.write_or_keep(state, first, &scratch);
        state.scratch = scratch;
        written
    }
}

/// How many of the `length` bytes at `offset` make the first span.
fn first_span(offset: u64, length: usize) -> usize {
    let (block, from) = block_of(offset);
    if block == 0 || from != 0 || length < BLOCK {
        return length.min(BLOCK - from);
    }
    (length - length % BLOCK).min(RUN * BLOCK)
}

fn span<B: AsRef<[u8]>>(offset: u64, bytes: B) -> Span<B> {
    let (block, from) = block_of(offset);
    if block == 0 || from != 0 || bytes.as_ref().len() < BLOCK {
        Span::Part { block, from, bytes }
    } else {
        Span::Run { first: block, bytes }
    }
}

#[expect(clippy::indexing_slicing, reason = "a span never leaves its block")]
fn part(block: &[u8], from: usize, length: usize) -> &[u8] {
    &block[from..from + length]
}

#[expect(clippy::indexing_slicing, reason = "a span never leaves its block")]
fn part_mut(block: &mut [u8], from: usize, length: usize) -> &mut [u8] {
    &mut block[from..from + length]
}
