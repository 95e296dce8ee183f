use std::io;

use kurodo_keys::KeyError;

use super::Fault;

/// A piece of a file of blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The mark at its beginning.
    Boot,
    /// Both checkpoint slots.
    Header,
    /// One block.
    Block(u64),
}

/// Why the file did not do what redb asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PageError {
    #[error("{0:?} does not open")]
    Damaged(Part),
    #[error("a flush to the disk failed earlier")]
    Stopped,
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Keys(#[from] KeyError),
}

impl PageError {
    pub(super) fn is_stop(&self) -> bool {
        matches!(self, Self::Stopped)
    }
}

impl From<PageError> for io::Error {
    fn from(error: PageError) -> Self {
        match error {
            PageError::Io(error) => error,
            PageError::Damaged(_) => Self::new(io::ErrorKind::InvalidData, error),
            PageError::Stopped | PageError::Keys(_) => Self::other(error),
        }
    }
}

impl From<&PageError> for Fault {
    fn from(error: &PageError) -> Self {
        match error {
            PageError::Damaged(part) => Self::Damaged(*part),
            PageError::Stopped => Self::Stopped,
            PageError::Io(error) => Self::of(error),
            PageError::Keys(_) => Self::Io(io::ErrorKind::Other),
        }
    }
}

impl Fault {
    /// What an error of the disk is.
    pub(crate) fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            kind => Self::Io(kind),
        }
    }
}
