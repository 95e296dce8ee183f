use std::io::Write as _;

use bzip2::{Decompress, Status};
use flate2::write::MultiGzDecoder;

use crate::{SelectError, input::Compression};

/// Unpacks bytes as they come. One after the other, several packed streams are one.
pub(crate) enum Unpack {
    No,
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
    Bzip2(Box<Bzip2>),
}

impl Unpack {
    pub(crate) fn new(compression: Compression) -> Self {
        match compression {
            Compression::None => Self::No,
            Compression::Gzip => Self::Gzip(Box::new(MultiGzDecoder::new(Vec::new()))),
            Compression::Bzip2 => Self::Bzip2(Box::new(Bzip2::new())),
        }
    }

    /// The most packed bytes that are unpacked in one go: what they become is held in memory.
    pub(crate) fn most(&self) -> usize {
        match self {
            Self::No => 64 * 1024,
            Self::Gzip(_) => 4 * 1024,
            Self::Bzip2(_) => 128,
        }
    }

    /// Unpacks more. `None` where the bytes are what they are.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<Option<Vec<u8>>, SelectError> {
        match self {
            Self::No => Ok(None),
            Self::Gzip(decoder) => {
                decoder
                    .write_all(bytes)
                    .and_then(|()| decoder.flush())
                    .map_err(|_| SelectError::TruncatedInput)?;
                Ok(Some(std::mem::take(decoder.get_mut())))
            }
            Self::Bzip2(decoder) => decoder.push(bytes).map(Some),
        }
    }

    /// The last bytes.
    ///
    /// # Errors
    /// [`SelectError::TruncatedInput`] when something is missing.
    pub(crate) fn finish(&mut self) -> Result<Option<Vec<u8>>, SelectError> {
        match self {
            Self::No => Ok(None),
            Self::Gzip(decoder) => {
                decoder.try_finish().map_err(|_| SelectError::TruncatedInput)?;
                Ok(Some(std::mem::take(decoder.get_mut())))
            }
            Self::Bzip2(decoder) if decoder.between => Ok(None),
            Self::Bzip2(_) => Err(SelectError::TruncatedInput),
        }
    }
}

/// Streams of bzip2, one after the other.
pub(crate) struct Bzip2 {
    decoder: Decompress,
    /// Whether a stream has ended, or none has begun.
    between: bool,
}

impl Bzip2 {
    fn new() -> Self {
        Self { decoder: Decompress::new(false), between: true }
    }

    fn push(&mut self, mut bytes: &[u8]) -> Result<Vec<u8>, SelectError> {
        let mut out = Vec::new();
        loop {
            out.reserve(64 * 1024);
            let (read, made) = (self.decoder.total_in(), out.len());
            let status =
                self.decoder.decompress_vec(bytes, &mut out).map_err(|_| SelectError::TruncatedInput)?;
            let taken = usize::try_from(self.decoder.total_in() - read).unwrap_or(usize::MAX);
            bytes = bytes.get(taken..).unwrap_or_default();
            self.between &= taken == 0;
            if status == Status::StreamEnd {
                *self = Self::new();
            }
            if bytes.is_empty() && out.len() == made || self.between && bytes.is_empty() {
                return Ok(out);
            }
        }
    }
}
