use crate::{MOST_RECORD, SelectError};

/// A piece of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `{`, `}`, `[`, `]`, `,` or `:`.
    Sign(u8),
    /// A text with its quotes.
    Text(&'a [u8]),
    /// A number or a word.
    Scalar(&'a [u8]),
}

/// Cuts bytes into pieces of JSON.
#[derive(Default)]
pub(super) struct Tokens {
    buffer: Vec<u8>,
    start: usize,
    /// How much of a text that has not ended was looked through.
    seen: usize,
}

impl Tokens {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.start);
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The next piece; `None` until more bytes come. At the end a number needs nothing behind it.
    ///
    /// # Errors
    /// [`SelectError::JSONParsingError`], [`SelectError::OverMaxRecordSize`].
    pub(super) fn next(&mut self, last: bool) -> Result<Option<Token<'_>>, SelectError> {
        let rest = self.buffer.get(self.start..).unwrap_or_default();
        let blank = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
        self.start += blank;
        let rest = rest.get(blank..).unwrap_or_default();
        let length = match rest.first() {
            None => return Ok(None),
            Some(sign @ (b'{' | b'}' | b'[' | b']' | b',' | b':')) => {
                self.start += 1;
                return Ok(Some(Token::Sign(*sign)));
            }
            Some(b'"') => {
                let seen = self.seen.max(1);
                match text_end(rest, seen) {
                    Ok(end) => end,
                    Err(seen) => {
                        self.seen = seen;
                        return self.unfinished(last);
                    }
                }
            }
            Some(_) => {
                let length =
                    rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
                match length.count() {
                    0 => return Err(SelectError::JSONParsingError),
                    length if length == rest.len() && !last => return self.unfinished(last),
                    length => length,
                }
            }
        };
        self.seen = 0;
        let from = self.start;
        self.start += length;
        let piece = self.buffer.get(from..self.start).unwrap_or_default();
        Ok(Some(if piece.first() == Some(&b'"') { Token::Text(piece) } else { Token::Scalar(piece) }))
    }

    fn unfinished(&self, last: bool) -> Result<Option<Token<'_>>, SelectError> {
        match self.buffer.len() - self.start {
            _ if last => Err(SelectError::JSONParsingError),
            length if length > MOST_RECORD => Err(SelectError::OverMaxRecordSize),
            _ => Ok(None),
        }
    }
}

/// Where a text ends, or up to where it does not.
fn text_end(text: &[u8], from: usize) -> Result<usize, usize> {
    let mut at = from;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        match memchr::memchr2(b'"', b'\\', rest) {
            None => return Err(text.len()),
            Some(found) if rest.get(found) == Some(&b'"') => return Ok(at + found + 1),
            // What is behind a backslash is part of the text; it may not be there yet.
            Some(found) if found + 1 < rest.len() => at += found + 2,
            Some(found) => return Err(at + found),
        }
    }
    Err(at)
}
