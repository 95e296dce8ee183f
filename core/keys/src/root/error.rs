use std::io;
use std::path::{Path, PathBuf};

use crate::KeyError;

/// Why a root of trust or a key file cannot be used. No variant holds secrets.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RootError {
    /// A file cannot be read or written.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others than the owner may read or write a key file.
    #[error("{path} has mode {mode:04o}, so that others can reach it; run `chmod 600 {path}`", path = path.display())]
    Permissions {
        /// Which.
        path: PathBuf,
        /// Its mode bits.
        mode: u32,
    },
    /// The seal given does not open the root.
    #[error("{path} is sealed by {by}, and what was given does not open it; {hint}", path = path.display())]
    WrongSeal {
        /// The root's file.
        path: PathBuf,
        /// The kind of seal that the file has.
        by: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// A key file was changed, or is of a version of Kurodo to come.
    #[error("{path} is damaged or not a key file of this version; restore it from a backup", path = path.display())]
    Damaged {
        /// Which.
        path: PathBuf,
    },
    /// A passphrase that cannot protect anything.
    #[error("the passphrase is empty; give one of at least 12 characters")]
    EmptyPassphrase,
    /// A cryptographic step failed.
    #[error(transparent)]
    Keys(#[from] KeyError),
}

impl RootError {
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { path, source }
    }

    pub(super) fn damaged(path: &Path) -> Self {
        Self::Damaged { path: path.into() }
    }
}
