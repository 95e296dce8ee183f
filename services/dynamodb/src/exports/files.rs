//! Where an export's files lie, and what they are.
//!
//! Source: DynamoDB Developer Guide, "DynamoDB table export output format".

use std::io::Write as _;

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

use super::{Export, What};
use crate::Error;

/// A data file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct File {
    pub(crate) key: String,
    pub(crate) items: i64,
    /// The MD5 of its content in base64.
    pub(crate) md5: String,
    pub(crate) etag: String,
}

/// A data file that is being made.
pub(crate) struct DataFile {
    encoder: GzEncoder<Vec<u8>>,
    pub(crate) items: i64,
    /// Bytes before compression.
    pub(crate) bytes: usize,
}

impl DataFile {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self { encoder: GzEncoder::new(Vec::new(), Compression::fast()), items: 0, bytes: 0 }
    }

    /// One line more.
    pub(crate) fn add(&mut self, line: &[u8]) -> Result<(), Error> {
        self.items += 1;
        self.bytes += line.len();
        self.encoder.write_all(line).map_err(|error| Error::Relayed(error.to_string()))
    }

    /// The whole file.
    pub(crate) fn finish(self) -> Result<Bytes, Error> {
        Ok(self.encoder.finish().map_err(|error| Error::Relayed(error.to_string()))?.into())
    }
}

impl Export {
    fn below_prefix(&self, rest: &str) -> String {
        let prefix = self.wanted.prefix.as_deref().unwrap_or_default().trim_end_matches('/');
        let between = if prefix.is_empty() { "" } else { "/" };
        format!("{prefix}{between}AWSDynamoDB/{rest}")
    }

    /// The file that says that the bucket can be written.
    pub(crate) fn started_key(&self, id: &str) -> String {
        self.below_prefix(&format!("{id}/_started"))
    }

    /// The manifest that tells of the export.
    pub(crate) fn summary_key(&self, id: &str) -> String {
        self.below_prefix(&format!("{id}/manifest-summary.json"))
    }

    /// The manifest that lists the data files.
    pub(crate) fn files_key(&self, id: &str) -> String {
        self.below_prefix(&format!("{id}/manifest-files.json"))
    }

    /// The next data file. Incremental exports have theirs in one folder. A file that is written again is the same one.
    pub(crate) fn data_key(&self, id: &str) -> String {
        let name = letters(u128::from_be_bytes(Md5::digest(format!("{id}/{}", self.files.len())).into()));
        match self.wanted.what {
            What::Full { .. } => self.below_prefix(&format!("{id}/data/{name}.json.gz")),
            What::Changes { .. } => self.below_prefix(&format!("data/{name}.json.gz")),
        }
    }
}

/// A number as 26 letters and digits.
fn letters(number: u128) -> String {
    let letter = |place: u32| match (number >> (place * 5)) & 31 {
        digit @ 0..26 => b'a' + digit as u8,
        digit => b'2' + (digit - 26) as u8,
    };
    (0..26).map(|place| char::from(letter(place))).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;
    use crate::exports::sample;

    #[test]
    fn data_files_are_compressed_lines() {
        let mut file = DataFile::new();
        file.add(b"one\n").unwrap();
        file.add(b"two\n").unwrap();
        assert_eq!((file.items, file.bytes), (2, 8));
        let (content, mut found) = (file.finish().unwrap(), String::new());
        flate2::read::GzDecoder::new(&content[..]).read_to_string(&mut found).unwrap();
        assert_eq!(found, "one\ntwo\n");
    }

    #[test]
    fn files_lie_where_aws_puts_them() {
        let mut export = sample(What::Full { at: 1 });
        assert_eq!(export.summary_key("id"), "p/AWSDynamoDB/id/manifest-summary.json");
        let first = export.data_key("id");
        let name = first.strip_prefix("p/AWSDynamoDB/id/data/").unwrap().strip_suffix(".json.gz").unwrap();
        assert_eq!(name.len(), 26);
        let file = File { key: first.clone(), items: 1, md5: String::new(), etag: String::new() };
        export.files.push(file);
        assert_ne!(export.data_key("id"), first);
        export.wanted.prefix = None;
        export.wanted.what = What::Changes { from: 1, to: 2, old: true };
        assert!(export.data_key("id").starts_with("AWSDynamoDB/data/"));
    }
}
