use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use rustix::io::Errno;

/// Why a log cannot be written or read. No variant holds entries or keys.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The disk, or the quota on it, is full. What was already accepted is kept in memory and tried again.
    #[error("the disk is full: free some space under the data directory")]
    Full,
    /// More entries wait than the log holds in memory: the disk is too slow for them.
    #[error("the disk is too slow for the log's entries: repeat the request later")]
    Behind,
    /// The writing thread is gone.
    #[error("the log is closed: start the server again")]
    Closed,
    /// The entry passes [`super::MAX_ENTRY`].
    #[error("an entry of {0} bytes is too long for the log: split it")]
    TooLong(usize),
    /// Another process writes this log.
    #[error("another process writes the log in {0}: stop it first")]
    Locked(PathBuf),
    /// What is on the disk is not what was written. Nothing from there on is returned.
    #[error("the log is damaged at byte {offset} of segment {segment}: {what}")]
    Damaged {
        /// The file's name.
        segment: String,
        /// The first byte that is not as written.
        offset: u64,
        /// How it shows.
        what: &'static str,
    },
    /// The position was dropped.
    #[error("the log begins at position {first}: what was before has been dropped")]
    Dropped {
        /// The first position that there is.
        first: u64,
    },
    /// The system's random generator gave nothing.
    #[error("the system's random generator failed: check that /dev/urandom is readable")]
    Random,
    /// The file system refused.
    #[error("cannot {act} the log: {source}")]
    Io {
        /// What was tried.
        act: &'static str,
        /// The file system's answer.
        source: Arc<io::Error>,
    },
}

impl LogError {
    /// Turns an answer of the file system into an error: [`LogError::Full`] where that is the reason.
    pub fn io(act: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| match Errno::from_io_error(&source) {
            Some(Errno::NOSPC | Errno::DQUOT) => Self::Full,
            _ => Self::Io { act, source: Arc::new(source) },
        }
    }
}
