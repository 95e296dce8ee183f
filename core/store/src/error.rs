use std::fmt;
use std::io;
use std::path::PathBuf;

use kurodo_keys::KeyError;

use crate::pages::{Fault, PageError, Part};
use crate::records::Conflict;

/// Why the store did not do what it was asked. No variant holds keys or values of records.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process has the data directory open.
    #[error(
        "the data directory is in use by process {pid}; stop that process first, or choose another --data-dir"
    )]
    Locked {
        /// The other process; 0 when it has not written its id yet.
        pid: u32,
    },
    /// Something on disk is not what Kurodo wrote there.
    #[error("damaged: {0}; run `kurodo check` to see all damage, and restore from a backup")]
    Damaged(Damage),
    /// A precondition of a transaction does not hold; nothing was written.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// The disk is full; nothing was written.
    #[error("the disk is full; free some space and try again")]
    Full,
    /// A flush to the disk failed, so what the disk holds is unknown.
    #[error(
        "a flush to the disk failed and nothing more is accepted; check the disk, then start Kurodo again"
    )]
    Stopped,
    /// The store was reopened below a reader, after a fault or for a check.
    #[error("the store was being reopened; try again")]
    Interrupted,
    /// A key or value over the limit.
    #[error("a record's {what} of {length} bytes is over the limit of {limit}")]
    TooLarge {
        /// `key` or `value`.
        what: &'static str,
        /// Its length in bytes.
        length: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The data directory or a file in it cannot be used.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The disk refused.
    #[error("the disk answered: {0}")]
    Io(io::ErrorKind),
    /// Sealing or opening failed for a reason other than damage.
    #[error(transparent)]
    Keys(#[from] KeyError),
}

/// What is damaged, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The file, within the data directory.
    pub file: &'static str,
    /// The place in it, in words.
    pub place: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.file, self.place)
    }
}

/// The file of records, within the data directory.
pub(crate) const RECORDS_FILE: &str = "records.kdb";
/// The file of what was committed since the records were last written down, beside it.
pub(crate) const JOURNAL_FILE: &str = "records.kdj";

impl From<Part> for Damage {
    fn from(part: Part) -> Self {
        let place = match part {
            Part::Boot => "the mark at its beginning (or the key is another store's)".into(),
            Part::Header => "both checkpoints".into(),
            Part::Block(block) => format!("block {block}"),
        };
        Self { file: RECORDS_FILE, place }
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Damaged(part) => Self::Damaged(part.into()),
            Fault::Stopped => Self::Stopped,
            Fault::Full => Self::Full,
            Fault::Io(kind) => Self::Io(kind),
        }
    }
}

impl From<PageError> for StoreError {
    fn from(error: PageError) -> Self {
        match error {
            PageError::Keys(error) => Self::Keys(error),
            other => Fault::from(&other).into(),
        }
    }
}

impl StoreError {
    /// The conflict, if that is what it is.
    pub fn conflict(&self) -> Option<Conflict> {
        if let Self::Conflict(conflict) = self { Some(*conflict) } else { None }
    }

    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}
