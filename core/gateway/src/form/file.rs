use bytes::{Bytes, BytesMut};

use super::FormError;

/// Finds where the file of a form ends, and holds it to the size that the policy wants.
pub(crate) struct FileEnd {
    delimiter: Box<[u8]>,
    /// The smallest and the largest file, in bytes.
    range: (u64, u64),
    /// What may be the beginning of the delimiter.
    held: BytesMut,
    released: u64,
    /// What came after the delimiter.
    after: Option<usize>,
}

/// The most bytes of a form after its file: fields there count for nothing.
const AFTER: usize = 64 << 10;

impl FileEnd {
    /// `delimiter` begins with the line's end before the boundary.
    pub(crate) fn new(delimiter: &[u8]) -> Self {
        let range = (0, u64::MAX);
        Self { delimiter: delimiter.into(), range, held: BytesMut::new(), released: 0, after: None }
    }

    /// The file must be of this size.
    pub(crate) fn within(mut self, range: Option<(u64, u64)>) -> Self {
        self.range = range.unwrap_or(self.range);
        self
    }

    /// The bytes of the delimiter and of what closes a form whose last part is the file.
    pub(crate) fn closing(&self) -> u64 {
        self.delimiter.len() as u64 + "--\r\n".len() as u64
    }

    pub(crate) fn push(&mut self, bytes: &Bytes, release: &mut impl FnMut(Bytes)) -> Result<(), FormError> {
        if let Some(after) = &mut self.after {
            *after += bytes.len();
            return if *after > AFTER { Err(FormError::Malformed) } else { Ok(()) };
        }
        let mut bytes = if self.held.is_empty() {
            bytes.clone()
        } else {
            self.held.extend_from_slice(bytes);
            self.held.split().freeze()
        };
        match find(&bytes, &self.delimiter) {
            Some(at) => {
                self.after = Some(bytes.len() - at);
                bytes.truncate(at);
            }
            None => {
                let held = bytes.split_off(bytes.len() - begun(&bytes, &self.delimiter));
                self.held.extend_from_slice(&held);
            }
        }
        self.released += bytes.len() as u64;
        let (_, most) = self.range;
        if self.released > most {
            return Err(FormError::TooLarge { proposed: self.released, most });
        }
        if !bytes.is_empty() {
            release(bytes);
        }
        Ok(())
    }

    pub(crate) fn finish(&self) -> Result<(), FormError> {
        let (least, _) = self.range;
        match self.after {
            None => Err(FormError::Malformed),
            Some(_) if self.released < least => Err(FormError::TooSmall { proposed: self.released, least }),
            Some(_) => Ok(()),
        }
    }
}

/// Where a marker that begins with a carriage return stands.
pub(super) fn find(text: &[u8], marker: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let rest = text.get(from..)?;
        let at = rest.iter().position(|byte| *byte == b'\r')?;
        if rest.get(at..)?.starts_with(marker) {
            return Some(from + at);
        }
        from += at + 1;
    }
}

/// How many of the last bytes are the beginning of the marker.
fn begun(text: &[u8], marker: &[u8]) -> usize {
    let longest = marker.len().saturating_sub(1).min(text.len());
    let tail = |length: usize| text.get(text.len() - length..).unwrap_or_default();
    (1..=longest).rev().find(|length| marker.starts_with(tail(*length))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &[u8], step: usize, range: Option<(u64, u64)>) -> Result<Vec<u8>, FormError> {
        let mut end = FileEnd::new(b"\r\n--b").within(range);
        let mut out = Vec::new();
        for chunk in text.chunks(step) {
            end.push(&Bytes::copy_from_slice(chunk), &mut |bytes| out.extend_from_slice(&bytes))?;
        }
        end.finish().map(|()| out)
    }

    #[test]
    fn the_file_ends_at_its_delimiter_however_it_is_cut() {
        for content in [&b""[..], b"x", b"\r\n", b"\r\n-", b"a\r\n--a\r\r\n--", b"\r\n\r\n--\r\n"] {
            let form = [content, b"\r\n--b--\r\n"].concat();
            for step in 1..=form.len() {
                assert_eq!(file(&form, step, None).as_deref(), Ok(content), "{step}");
            }
            let more = [content, b"\r\n--b\r\nsubmit\r\n--b--\r\n"].concat();
            assert_eq!(file(&more, 3, None).as_deref(), Ok(content));
        }
    }

    #[test]
    fn a_file_without_an_end_is_no_file() {
        assert_eq!(file(b"abc", 1, None), Err(FormError::Malformed));
        assert_eq!(file(b"abc\r\n--", 1, None), Err(FormError::Malformed));
        let endless = [b"x\r\n--b--".to_vec(), vec![b'y'; AFTER]].concat();
        assert_eq!(file(&endless, 1000, None), Err(FormError::Malformed));
    }

    #[test]
    fn its_size_is_within_the_range() {
        assert!(file(b"abc\r\n--b--", 4, Some((3, 3))).is_ok());
        let small = FormError::TooSmall { proposed: 3, least: 4 };
        assert_eq!(file(b"abc\r\n--b--", 4, Some((4, 9))), Err(small));
        assert!(matches!(file(b"abcde\r\n--b--", 1, Some((0, 4))), Err(FormError::TooLarge { .. })));
    }
}
