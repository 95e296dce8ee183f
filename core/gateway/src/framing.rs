//! Where the requests of an HTTP/1.1 connection begin and end, read only to see whether one gives two lengths.
//!
//! Source: RFC 9112, "HTTP/1.1", sections 6 and 7.

use std::io::BufRead as _;

/// Reads along.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    at: At,
    /// The line that is being read, up to [`LINE`] bytes of it.
    line: Vec<u8>,
    lengths: usize,
    length: u64,
    chunked: bool,
    ambiguous: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum At {
    /// Before the request line.
    #[default]
    Start,
    Fields,
    Content(u64),
    ChunkSize,
    /// The bytes of a chunk, and of the line's end behind it.
    Chunk(u64),
    Trailers,
    /// What comes is not HTTP as we know it; the HTTP library will refuse it.
    Lost,
}

/// The most bytes that are kept of a line: no length is longer.
const LINE: usize = 128;

impl Watch {
    /// Whether a request so far gave more than one length.
    pub(crate) fn is_ambiguous(&self) -> bool {
        self.ambiguous
    }

    /// The next bytes of the connection.
    pub(crate) fn see(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && self.at != At::Lost {
            bytes = match self.at {
                At::Content(left) | At::Chunk(left) => self.skip(bytes, left),
                _ => self.read(bytes),
            };
        }
    }

    fn skip<'b>(&mut self, bytes: &'b [u8], left: u64) -> &'b [u8] {
        let passed = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        let left = left - passed as u64;
        self.at = match self.at {
            At::Chunk(_) if left == 0 => At::ChunkSize,
            At::Chunk(_) => At::Chunk(left),
            _ if left == 0 => At::Start,
            _ => At::Content(left),
        };
        bytes.get(passed..).unwrap_or_default()
    }

    fn read<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let mut rest = bytes;
        // Reading memory does not fail.
        let length = rest.skip_until(b'\n').unwrap_or_default();
        let piece = bytes.get(..length).unwrap_or_default();
        let room = LINE.saturating_sub(self.line.len());
        self.line.extend_from_slice(piece.get(..room).unwrap_or(piece));
        if piece.ends_with(b"\n") {
            let line = std::mem::take(&mut self.line);
            self.line(line.trim_ascii_end());
            self.line = line;
            self.line.clear();
        }
        rest
    }

    fn line(&mut self, line: &[u8]) {
        self.at = match self.at {
            At::Start if line.is_empty() => At::Start,
            At::Start => {
                (self.lengths, self.length, self.chunked) = (0, 0, false);
                At::Fields
            }
            At::Fields if line.is_empty() => self.content(),
            At::Fields => {
                self.field(line);
                At::Fields
            }
            At::ChunkSize => match size(line) {
                Some(0) => At::Trailers,
                Some(size) => size.checked_add(2).map_or(At::Lost, At::Chunk),
                None => At::Lost,
            },
            At::Trailers if line.is_empty() => At::Start,
            other => other,
        };
    }

    fn field(&mut self, line: &[u8]) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { return };
        let (name, value) = line.split_at(colon);
        if name.eq_ignore_ascii_case(b"content-length") {
            self.lengths += 1;
            let value = std::str::from_utf8(value).unwrap_or_default();
            self.length = value.trim_start_matches(':').trim().parse().unwrap_or(0);
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.chunked = true;
        }
    }

    fn content(&mut self) -> At {
        self.ambiguous |= self.lengths + usize::from(self.chunked) > 1;
        match (self.chunked, self.length) {
            (true, _) => At::ChunkSize,
            (false, 0) => At::Start,
            (false, length) => At::Content(length),
        }
    }
}

/// The size of a chunk, its extensions aside.
fn size(line: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(line).ok()?;
    u64::from_str_radix(text.split(';').next()?.trim(), 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ambiguous(text: &str) -> bool {
        let answers: Vec<bool> = [1, 3, text.len()]
            .into_iter()
            .map(|step| {
                let mut watch = Watch::default();
                text.as_bytes().chunks(step).for_each(|piece| watch.see(piece));
                watch.is_ambiguous()
            })
            .collect();
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{text}");
        answers[0]
    }

    #[test]
    fn two_lengths_are_seen_in_any_order() {
        for fields in [
            "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
            "transfer-encoding: chunked\r\nX: y\r\ncontent-length: 3\r\n",
            "Content-Length: 3\r\nContent-Length: 3\r\n",
            "Content-Length: 3\nCONTENT-LENGTH: 4\n",
        ] {
            assert!(ambiguous(&format!("PUT / HTTP/1.1\r\n{fields}\r\nabc")), "{fields}");
            let second = format!("GET / HTTP/1.1\r\nHost: x\r\n\r\nPUT / HTTP/1.1\r\n{fields}\r\n");
            assert!(ambiguous(&second), "{fields}");
        }
    }

    #[test]
    fn content_is_not_taken_for_a_head() {
        let inner = "PUT / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n";
        let counted = format!("PUT / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{inner}", inner.len());
        let chunked = format!(
            "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{:x};e=1\r\n{inner}\r\n0\r\nTrailer: 1\r\n\r\n",
            inner.len()
        );
        let plain = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        assert!(!ambiguous(&[&counted, plain, &chunked, plain, &chunked, "\r\n", &counted].concat()));
        for before in [&counted, &chunked] {
            assert!(ambiguous(&format!("{before}{inner}")));
        }
    }
}
