use std::io;

use kurodo_keys::KeyError;
use rustix::io::Errno;

use super::BlobId;

/// Why a blob could not be written or read. No variant holds content or keys.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BlobError {
    /// No file has this id.
    #[error("blob {0} is missing: run `kurodo check` to see what else is")]
    Missing(BlobId),
    /// The file is not what was written. Nothing of the damaged part has been returned.
    #[error("blob {id} is damaged ({damage}): restore the object from a copy")]
    Damaged {
        /// The blob.
        id: BlobId,
        /// How it shows.
        damage: Damage,
    },
    /// The key is not the one that the reference was made with, or the reference was changed.
    #[error("the key does not open blob {0}: it is another key, or the blob's reference was changed")]
    Key(BlobId),
    /// Stored bytes are not a reference to a blob.
    #[error("the stored bytes are not a blob reference of a version that this program knows")]
    Reference,
    /// The range does not lie within the blob.
    #[error("the range {start}..{end} does not lie within the {length} bytes")]
    Range {
        /// The first byte asked for.
        start: u64,
        /// The byte after the last one asked for.
        end: u64,
        /// The bytes that there are.
        length: u64,
    },
    /// The disk, or the quota on it, is full. What was written of the blob has been removed.
    #[error("the disk is full: free some space under the data directory, then repeat the request")]
    Full,
    /// An earlier write failed or was given up halfway: the writer can only be dropped.
    #[error("an earlier write of this blob did not complete: start the upload again")]
    Broken,
    /// The system's random generator gave nothing.
    #[error("the system's random generator failed: check that /dev/urandom is readable")]
    Random,
    /// The content passes the limit of 2⁶³ bytes.
    #[error("the content is too long to be one blob: write it in parts")]
    TooLong,
    /// The file system refused.
    #[error("cannot {act} in the blob directory: {source}")]
    Io {
        /// What was tried.
        act: &'static str,
        /// The file system's answer.
        source: io::Error,
    },
}

/// How damage shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The file is shorter than its content asks for.
    #[error("the file is shorter than what was written")]
    Short,
    /// The file is longer than its content asks for.
    #[error("the file is longer than what was written")]
    Long,
    /// The chunk with this number, from zero, does not authenticate.
    #[error("chunk {0} is not authentic")]
    Chunk(u64),
}

impl BlobError {
    pub(super) fn io(act: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| match Errno::from_io_error(&source) {
            Some(Errno::NOSPC | Errno::DQUOT) => Self::Full,
            _ => Self::Io { act, source },
        }
    }

    /// For errors of sealing, which chunks are too short to meet.
    pub(super) fn seal(error: KeyError) -> Self {
        match error {
            KeyError::Random => Self::Random,
            _ => Self::TooLong,
        }
    }

    /// For work that the runtime dropped because it is shutting down.
    pub(super) fn stopped(_: tokio::task::JoinError) -> Self {
        Self::Io { act: "work", source: io::Error::other("the server is shutting down") }
    }
}
