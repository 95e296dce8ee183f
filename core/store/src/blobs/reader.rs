use std::sync::Arc;

use super::source::Source;
use super::{BlobError, BlobStream};

/// A blob, open for reading.
pub struct BlobReader {
    source: Arc<Source>,
    length: u64,
}

impl BlobReader {
    pub(super) fn new(source: Source, length: u64) -> Self {
        Self { source: Arc::new(source), length }
    }

    /// The length of the content in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The content from byte `start` to before byte `end`. Only the chunks that hold it are read.
    ///
    /// # Errors
    /// [`BlobError::Range`] unless `start <= end <= length`.
    pub fn range(self, start: u64, end: u64) -> Result<BlobStream, BlobError> {
        if start > end || end > self.length {
            return Err(BlobError::Range { start, end, length: self.length });
        }
        Ok(BlobStream::new(self.source, start, end))
    }

    /// The whole content.
    pub fn all(self) -> BlobStream {
        BlobStream::new(self.source, 0, self.length)
    }

    #[cfg(test)]
    pub(super) fn into_source(self) -> Arc<Source> {
        self.source
    }

    pub(super) fn verify(self) -> Result<(), BlobError> {
        let mut next = 0;
        while next < self.source.chunks() {
            next += self.source.run(next, self.source.chunks())?.len().max(1) as u64;
        }
        Ok(())
    }
}
