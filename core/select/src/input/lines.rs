use memchr::memmem;

use crate::{MOST_RECORD, SelectError};

/// Cuts bytes into records at a delimiter.
pub(crate) struct Lines {
    delimiter: Vec<u8>,
    /// The signs that delimiters may stand between, and the one that a quote between them has before it.
    quotes: Option<(Vec<u8>, Vec<u8>)>,
    /// What stands between fields.
    field: Vec<u8>,
    buffer: Vec<u8>,
    /// Where the next record begins in the buffer.
    start: usize,
    /// What of the buffer was looked through.
    seen: usize,
    quoted: bool,
    /// Where the buffer begins in the object.
    offset: u64,
}

impl Lines {
    /// Of bytes that begin at an offset of the object.
    pub(crate) fn new(delimiter: &str, offset: u64) -> Self {
        Self {
            delimiter: delimiter.into(),
            quotes: None,
            field: Vec::new(),
            buffer: Vec::new(),
            start: 0,
            seen: 0,
            quoted: false,
            offset,
        }
    }

    /// Lets delimiters stand between quotes. A quote opens at the beginning of a field.
    pub(crate) fn quoting(mut self, quote: &str, escape: &str, field: &str) -> Self {
        self.quotes = Some((quote.into(), escape.into()));
        self.field = field.into();
        self
    }

    /// The same cuts, from the beginning of the object.
    pub(crate) fn afresh(&self) -> Self {
        let (delimiter, quotes, field) = (self.delimiter.clone(), self.quotes.clone(), self.field.clone());
        Self { delimiter, quotes, field, buffer: Vec::new(), start: 0, seen: 0, quoted: false, offset: 0 }
    }

    /// Where in the object the next record begins.
    pub(crate) fn begins(&self) -> u64 {
        self.offset + self.start as u64
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.offset += self.start as u64;
            self.seen -= self.start;
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next record and where it begins in the object. At the end, what is left is one too.
    ///
    /// # Errors
    /// [`SelectError::OverMaxRecordSize`].
    pub(crate) fn next(&mut self, last: bool) -> Result<Option<(u64, &[u8])>, SelectError> {
        let begins = self.offset + self.start as u64;
        let (end, next) = match self.find(last) {
            Some(end) => (end, end + self.delimiter.len()),
            None if last && self.start < self.buffer.len() => (self.buffer.len(), self.buffer.len()),
            None => {
                return match self.buffer.len() - self.start > MOST_RECORD {
                    true => Err(SelectError::OverMaxRecordSize),
                    false => Ok(None),
                };
            }
        };
        let record = self.buffer.get(self.start..end).unwrap_or_default();
        (self.start, self.seen, self.quoted) = (next, next, false);
        if record.len() > MOST_RECORD {
            return Err(SelectError::OverMaxRecordSize);
        }
        let line = self.delimiter == b"\n";
        Ok(Some((begins, if line { record.strip_suffix(b"\r").unwrap_or(record) } else { record })))
    }

    /// Where the next delimiter is.
    fn find(&mut self, last: bool) -> Option<usize> {
        if self.quotes.is_some() {
            return self.find_outside(last);
        }
        let unseen = self.buffer.get(self.seen..)?;
        let found = match self.delimiter.as_slice() {
            [only] => memchr::memchr(*only, unseen),
            delimiter => memmem::find(unseen, delimiter),
        };
        match found {
            Some(at) => Some(self.seen + at),
            None => {
                // A delimiter can begin at the very end.
                let looked = self.buffer.len().saturating_sub(self.delimiter.len() - 1);
                self.seen = looked.max(self.seen);
                None
            }
        }
    }

    /// The same, where a delimiter between quotes is none.
    fn find_outside(&mut self, last: bool) -> Option<usize> {
        let (quote, escape) = self.quotes.as_ref()?;
        let longest = self.delimiter.len().max(quote.len() + escape.len());
        while self.seen < self.buffer.len() {
            let rest = self.buffer.get(self.seen..)?;
            // A sign of more than one byte may not be whole yet.
            if !last && rest.len() < longest {
                return None;
            }
            if self.quoted {
                let doubled =
                    rest.strip_prefix(escape.as_slice()).is_some_and(|rest| rest.starts_with(quote));
                self.seen += if doubled {
                    escape.len() + quote.len()
                } else {
                    self.quoted = !rest.starts_with(quote);
                    1
                };
                continue;
            }
            if rest.starts_with(&self.delimiter) {
                return Some(self.seen);
            }
            let opens = self.seen == self.start
                || self.buffer.get(self.start..self.seen).is_some_and(|before| before.ends_with(&self.field));
            self.quoted = opens && rest.starts_with(quote);
            self.seen += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(mut lines: Lines, text: &str, piece: usize) -> Vec<(u64, String)> {
        let mut found = Vec::new();
        let mut pieces = text.as_bytes().chunks(piece).peekable();
        while let Some(bytes) = pieces.next() {
            lines.push(bytes);
            while let Some((at, line)) = lines.next(pieces.peek().is_none()).unwrap() {
                found.push((at, String::from_utf8_lossy(line).into_owned()));
            }
        }
        found
    }

    #[test]
    fn records_end_at_delimiters_however_the_bytes_come() {
        for piece in 1..12 {
            let lines = cut(Lines::new("\n", 0), "a\nbc\r\n\nd", piece);
            assert_eq!(lines, [(0, "a".into()), (2, "bc".into()), (6, String::new()), (7, "d".into())]);
            let lines = cut(Lines::new("||", 10), "a||b|c||", piece);
            assert_eq!(lines, [(10, "a".into()), (13, "b|c".into())]);
            let quoting = || Lines::new("\n", 0).quoting("\"", "\"", ",");
            let lines = cut(quoting(), "\"a\nb\",c\nx\"y\n\"q\"\"\n\"\n", piece);
            let lines: Vec<_> = lines.into_iter().map(|(_, line)| line).collect();
            assert_eq!(lines, ["\"a\nb\",c", "x\"y", "\"q\"\"\n\""]);
        }
    }

    #[test]
    fn a_record_has_an_end() {
        let mut lines = Lines::new("\n", 0);
        lines.push(&vec![b'x'; MOST_RECORD + 1]);
        assert_eq!(lines.next(false), Err(SelectError::OverMaxRecordSize));
    }
}
