use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// What writes that go past the page cache must be multiples of, in address, offset and length: the largest block of
/// common disks.
pub(super) const ALIGN: usize = 4096;

/// Buffers of one size, aligned for the disk and kept for their next use: fresh memory costs a page fault for every
/// 4 KiB.
pub(super) struct Pool {
    size: usize,
    keep: usize,
    idle: Mutex<Vec<Vec<u8>>>,
}

impl Pool {
    /// Buffers of `size` bytes, of which at most `keep` lie idle.
    pub(super) fn new(size: usize, keep: usize) -> Arc<Self> {
        Arc::new(Self { size, keep, idle: Mutex::default() })
    }

    pub(super) fn take(self: &Arc<Self>) -> Buffer {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let bytes = idle.unwrap_or_else(|| vec![0; self.size + ALIGN]);
        let start = bytes.as_ptr().align_offset(ALIGN).min(ALIGN);
        Buffer { bytes, start, filled: 0, pool: Arc::clone(self) }
    }

    fn give_back(&self, bytes: Vec<u8>) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.keep {
            idle.push(bytes);
        }
    }
}

/// A buffer that fills from the front and returns to its pool when dropped.
pub(super) struct Buffer {
    bytes: Vec<u8>,
    /// Where it is aligned.
    start: usize,
    filled: usize,
    pool: Arc<Pool>,
}

impl Buffer {
    pub(super) fn filled(&self) -> &[u8] {
        self.bytes.get(self.start..self.start + self.filled).unwrap_or_default()
    }

    pub(super) fn filled_mut(&mut self) -> &mut [u8] {
        self.bytes.get_mut(self.start..self.start + self.filled).unwrap_or_default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.filled == 0
    }

    pub(super) fn room(&self) -> usize {
        self.pool.size.saturating_sub(self.filled)
    }

    pub(super) fn clear(&mut self) {
        self.filled = 0;
    }

    /// The next `length` bytes, to be written to; none when there is less room.
    pub(super) fn grow(&mut self, length: usize) -> Option<&mut [u8]> {
        let end = self.filled.checked_add(length).filter(|end| *end <= self.pool.size)?;
        let next = self.bytes.get_mut(self.start + self.filled..self.start + end)?;
        self.filled = end;
        Some(next)
    }

    /// Copies as much as fits and gives the rest.
    pub(super) fn fill<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let (now, rest) = bytes.split_at(bytes.len().min(self.room()));
        if let Some(next) = self.grow(now.len()) {
            next.copy_from_slice(now);
        }
        rest
    }

    /// What is filled, as bytes that return to the pool when the last clone is dropped.
    pub(super) fn freeze(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        self.filled()
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.pool.give_back(std::mem::take(&mut self.bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_are_aligned_and_of_their_size() {
        let pool = Pool::new(100, 1);
        let mut buffer = pool.take();
        assert_eq!(buffer.filled().as_ptr().align_offset(ALIGN), 0);
        assert!(buffer.grow(101).is_none());
        assert_eq!(buffer.grow(100).map(|all| all.len()), Some(100));
        assert_eq!(buffer.room(), 0);
    }

    #[test]
    fn frozen_bytes_come_back_and_never_change_before() {
        let pool = Pool::new(4, 1);
        let mut first = pool.take();
        assert_eq!(first.fill(b"abcdef"), b"ef");
        let frozen = first.freeze();
        let mut second = pool.take();
        second.fill(b"xyz");
        assert_eq!(&frozen[..], b"abcd");
        drop((frozen, second));
        assert_eq!(pool.idle.lock().unwrap().len(), 1);
        assert!(pool.take().is_empty());
    }
}
