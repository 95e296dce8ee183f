use std::io::Write as _;

use bzip2::{Decompress, Status};
use flate2::write::MultiGzDecoder;

use crate::{SelectError, input::Compression};

/// Unpacks bytes as they come, a little at a time: few packed bytes can be very many. One after the other, several packed
/// streams are one.
pub(crate) struct Unpack {
    form: Form,
    packed: Vec<u8>,
    /// What of the packed bytes was taken.
    at: usize,
}

enum Form {
    No,
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
    Bzip2(Box<Bzip2>),
}

/// Streams of bzip2, one after the other.
struct Bzip2 {
    decoder: Decompress,
    /// Whether a stream has ended, or none has begun.
    between: bool,
    /// Whether the decoder may hold more than it gave.
    more: bool,
}

/// About so many bytes are unpacked at once.
const PIECE: usize = 64 * 1024;

impl Unpack {
    pub(crate) fn new(compression: Compression) -> Self {
        let form = match compression {
            Compression::None => Form::No,
            Compression::Gzip => Form::Gzip(Box::new(MultiGzDecoder::new(Vec::new()))),
            Compression::Bzip2 => Form::Bzip2(Box::new(Bzip2::new())),
        };
        Self { form, packed: Vec::new(), at: 0 }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.packed.drain(..self.at);
        self.at = 0;
        self.packed.extend_from_slice(bytes);
    }

    /// Some more unpacked bytes; `None` until more are pushed.
    ///
    /// # Errors
    /// [`SelectError::TruncatedInput`].
    pub(crate) fn next(&mut self) -> Result<Option<Vec<u8>>, SelectError> {
        let rest = self.packed.get(self.at..).unwrap_or_default();
        if let (true, Form::No | Form::Gzip(_)) = (rest.is_empty(), &self.form) {
            return Ok(None);
        }
        let (taken, made) = match &mut self.form {
            Form::No => (rest.len(), rest.to_vec()),
            Form::Gzip(decoder) => {
                // It takes no more than what fills its buffer.
                let taken = decoder.write(rest).map_err(|_| SelectError::TruncatedInput)?;
                (taken, std::mem::take(decoder.get_mut()))
            }
            Form::Bzip2(decoder) if rest.is_empty() && !decoder.more => return Ok(None),
            Form::Bzip2(decoder) => decoder.next(rest)?,
        };
        self.at += taken;
        Ok(Some(made))
    }

    /// The last bytes.
    ///
    /// # Errors
    /// [`SelectError::TruncatedInput`] when something is missing.
    pub(crate) fn finish(&mut self) -> Result<Vec<u8>, SelectError> {
        match &mut self.form {
            Form::No => Ok(Vec::new()),
            Form::Gzip(decoder) => {
                decoder.try_finish().map_err(|_| SelectError::TruncatedInput)?;
                Ok(std::mem::take(decoder.get_mut()))
            }
            Form::Bzip2(decoder) if decoder.between => Ok(Vec::new()),
            Form::Bzip2(_) => Err(SelectError::TruncatedInput),
        }
    }
}

impl Bzip2 {
    fn new() -> Self {
        Self { decoder: Decompress::new(false), between: true, more: false }
    }

    /// How many bytes were taken, and what they became.
    fn next(&mut self, bytes: &[u8]) -> Result<(usize, Vec<u8>), SelectError> {
        let (mut out, before) = (Vec::with_capacity(PIECE), self.decoder.total_in());
        let status = self.decoder.decompress_vec(bytes, &mut out).map_err(|_| SelectError::TruncatedInput)?;
        let taken = usize::try_from(self.decoder.total_in() - before).unwrap_or(usize::MAX);
        if status == Status::StreamEnd {
            *self = Self::new();
            return Ok((taken, out));
        }
        self.between &= taken == 0;
        // A full buffer hides how much is left.
        self.more = out.len() == out.capacity();
        if taken == 0 && out.is_empty() && !bytes.is_empty() {
            return Err(SelectError::TruncatedInput);
        }
        Ok((taken, out))
    }
}
