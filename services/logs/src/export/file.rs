use std::io::{self, Write as _};

use flate2::{Compression, write::GzEncoder};
use jiff::Timestamp;

/// Bytes of events after which a file ends.
const FULL: usize = 32 << 20;

/// A compressed file of events, a line each.
pub(crate) struct File {
    encoder: GzEncoder<Vec<u8>>,
    bytes: usize,
}

impl File {
    pub(crate) fn new() -> Self {
        Self { encoder: GzEncoder::new(Vec::new(), Compression::default()), bytes: 0 }
    }

    /// Adds an event that happened then.
    pub(crate) fn add(&mut self, time: i64, message: &str) -> io::Result<()> {
        let time = Timestamp::from_millisecond(time).unwrap_or_default();
        let line = format!("{} {message}\n", time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"));
        self.bytes += line.len();
        self.encoder.write_all(line.as_bytes())
    }

    pub(crate) fn is_full(&self) -> bool {
        self.bytes >= FULL
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// Its content.
    pub(crate) fn end(self) -> io::Result<Vec<u8>> {
        self.encoder.finish()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn an_event_is_a_line() {
        let mut file = File::new();
        assert!(file.is_empty());
        file.add(1_700_000_000_007, "one\ttwo").unwrap();
        file.add(0, "").unwrap();
        assert!(!file.is_empty() && !file.is_full());
        let (content, mut text) = (file.end().unwrap(), String::new());
        flate2::read::GzDecoder::new(&content[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, "2023-11-14T22:13:20.007Z one\ttwo\n1970-01-01T00:00:00.000Z \n");
    }
}
