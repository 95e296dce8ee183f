use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;

use super::after_prefix;
use super::backing::{Entries, View};
use super::version::{Version, Versioned};
use crate::StoreError;

/// Which way a scan goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// From the first key to the last.
    #[default]
    Forward,
    /// From the last key to the first.
    Backward,
}

/// A record that a scan found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The key, relative to the scope that was scanned.
    pub key: Bytes,
    /// When it was written.
    pub version: Version,
    /// The value.
    pub value: Bytes,
}

/// Which records to give: everything, unless narrowed.
#[derive(Debug, Clone)]
pub struct Scan {
    within: Vec<u8>,
    start: Option<(Vec<u8>, bool)>,
    limit: usize,
    direction: Direction,
}

impl Default for Scan {
    fn default() -> Self {
        Self { within: Vec::new(), start: None, limit: usize::MAX, direction: Direction::Forward }
    }
}

impl Scan {
    /// Only keys that start with this.
    pub fn within(prefix: impl AsRef<[u8]>) -> Self {
        Self { within: prefix.as_ref().to_vec(), ..Self::default() }
    }

    /// Only keys that come after this one in the scan's direction.
    #[must_use]
    pub fn after(self, key: impl AsRef<[u8]>) -> Self {
        Self { start: Some((key.as_ref().to_vec(), false)), ..self }
    }

    /// Only this key and those that come after it in the scan's direction.
    #[must_use]
    pub fn from(self, key: impl AsRef<[u8]>) -> Self {
        Self { start: Some((key.as_ref().to_vec(), true)), ..self }
    }

    /// At most this many records.
    #[must_use]
    pub fn limit(self, limit: usize) -> Self {
        Self { limit, ..self }
    }

    /// From the last key to the first.
    #[must_use]
    pub fn backward(self) -> Self {
        Self { direction: Direction::Backward, ..self }
    }

    pub(super) fn most(&self) -> usize {
        self.limit
    }

    pub(super) fn cursor(&self, view: Arc<dyn View>, scope: &[u8]) -> Result<Cursor, StoreError> {
        let within = [scope, &self.within].concat();
        let mut cursor = Cursor {
            view,
            scope: scope.len(),
            end: after_prefix(&within),
            within,
            direction: self.direction,
            entries: Box::new(std::iter::empty()),
        };
        let start = self.start.as_ref().map(|(key, included)| (cursor.absolute(key), *included));
        cursor.start(start.as_ref().map_or(Bound::Unbounded, |(key, included)| {
            if *included { Bound::Included(&key[..]) } else { Bound::Excluded(&key[..]) }
        }))?;
        Ok(cursor)
    }
}

/// Records one after the other. It reads as it goes, and can jump.
pub struct Cursor {
    view: Arc<dyn View>,
    /// How many bytes of a whole key are the scope's.
    scope: usize,
    within: Vec<u8>,
    end: Option<Vec<u8>>,
    direction: Direction,
    entries: Entries,
}

impl Cursor {
    /// Goes to this key, which is relative to the scope; or, if there is none, to the next in the direction of
    /// the scan. It never leaves the scan's range. Going back is possible.
    ///
    /// # Errors
    /// As [`super::Reader::get`].
    pub fn seek(&mut self, key: &[u8]) -> Result<(), StoreError> {
        let key = self.absolute(key);
        self.start(Bound::Included(&key))
    }

    fn absolute(&self, key: &[u8]) -> Vec<u8> {
        [self.within.get(..self.scope).unwrap_or_default(), key].concat()
    }

    fn start(&mut self, start: Bound<&[u8]>) -> Result<(), StoreError> {
        let first = Bound::Included(&self.within[..]);
        let last = self.end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        let (from, to) = match (self.direction, start) {
            (_, Bound::Unbounded) => (first, last),
            (Direction::Forward, Bound::Included(key) | Bound::Excluded(key)) => {
                (if key < &self.within[..] { first } else { start }, last)
            }
            (Direction::Backward, Bound::Included(key) | Bound::Excluded(key)) => {
                (first, if self.end.as_deref().is_some_and(|end| key >= end) { last } else { start })
            }
        };
        self.entries = if is_empty(from, to) {
            Box::new(std::iter::empty())
        } else {
            self.view.range(from, to, self.direction)?
        };
        Ok(())
    }
}

/// Whether nothing can lie between; redb refuses such ranges.
fn is_empty(from: Bound<&[u8]>, to: Bound<&[u8]>) -> bool {
    match (from, to) {
        (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
        (Bound::Included(from), Bound::Included(to)) => from > to,
        (Bound::Included(from) | Bound::Excluded(from), Bound::Included(to) | Bound::Excluded(to)) => {
            from >= to
        }
    }
}

impl Iterator for Cursor {
    type Item = Result<Record, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.entries.next()?;
        Some(found.map(|(key, Versioned { version, value })| {
            let key = key.slice(self.scope.min(key.len())..);
            Record { key, version, value }
        }))
    }
}
