use std::path::{Path, PathBuf};

use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::rand;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::RootError;
use crate::{KeyError, SecretKey, private_file};

/// Memory (KiB), passes and lanes of Argon2id for new seals: above OWASP's and RFC 9106's second choice.
const COST: Cost = Cost { memory_kib: 64 << 10, passes: 3, lanes: 1 };
/// The most that a file can ask for, so that a changed one cannot exhaust the machine.
const MOST: Cost = Cost { memory_kib: 1 << 20, passes: 64, lanes: 64 };
/// What a sealing key's file begins with.
const SEAL_FILE: &str = "kurodo-seal-1:";

/// What a root's file is sealed with.
pub enum Seal {
    /// A random key in another file, which can be kept on another disk. [`Seal::beside`] names the usual place.
    KeyFile(PathBuf),
    /// A key made of a passphrase by Argon2id.
    Passphrase(Passphrase),
}

impl Seal {
    /// The sealing key in `seal.key`, in the directory of the root's file.
    pub fn beside(root: &Path) -> Self {
        Self::KeyFile(root.with_file_name("seal.key"))
    }
}

/// A passphrase: erased when dropped, never printed.
pub struct Passphrase(pub(super) Zeroizing<String>);

impl Passphrase {
    /// Takes over a passphrase.
    ///
    /// # Errors
    /// [`RootError::EmptyPassphrase`].
    pub fn new(passphrase: Zeroizing<String>) -> Result<Self, RootError> {
        if passphrase.trim().is_empty() { Err(RootError::EmptyPassphrase) } else { Ok(Self(passphrase)) }
    }

    /// The first line of a file that only its owner can read.
    ///
    /// # Errors
    /// [`RootError::Permissions`], [`RootError::File`], [`RootError::EmptyPassphrase`]; [`RootError::Damaged`]
    /// when it is not UTF-8.
    pub fn from_file(path: &Path) -> Result<Self, RootError> {
        let bytes = private_file::read(path)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| RootError::damaged(path))?;
        Self::new(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
    }
}

/// What a root's file says about its seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum SealedBy {
    KeyFile,
    Passphrase { cost: Cost, salt: [u8; 16] },
}

/// What Argon2id costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// A key to seal with, and how it comes about.
pub(super) struct Sealing {
    pub(super) by: SealedBy,
    pub(super) key: SecretKey,
}

impl Seal {
    /// The key for sealing anew; a missing sealing key's file is made.
    pub(super) fn make(&self) -> Result<Sealing, RootError> {
        match self {
            Self::KeyFile(path) => {
                if !path.try_exists().map_err(RootError::file(path))? {
                    create_seal_file(path)?;
                }
                Ok(Sealing { by: SealedBy::KeyFile, key: read_seal_file(path)? })
            }
            Self::Passphrase(passphrase) => {
                let mut salt = [0; 16];
                rand::fill(&mut salt).map_err(|_| KeyError::Random)?;
                let key = stretch(passphrase, COST, &salt)?;
                Ok(Sealing { by: SealedBy::Passphrase { cost: COST, salt }, key })
            }
        }
    }

    /// The key that a file sealed this way was sealed with, if this is the seal.
    pub(super) fn find(&self, by: &SealedBy, root: &Path) -> Result<SecretKey, RootError> {
        match (self, by) {
            (Self::KeyFile(path), SealedBy::KeyFile) => read_seal_file(path),
            (Self::Passphrase(passphrase), SealedBy::Passphrase { cost, salt }) => {
                let bearable = cost.memory_kib <= MOST.memory_kib
                    && cost.passes <= MOST.passes
                    && cost.lanes <= MOST.lanes;
                if !bearable {
                    return Err(RootError::damaged(root));
                }
                stretch(passphrase, *cost, salt).map_err(|_| RootError::damaged(root))
            }
            _ => Err(by.wrong(root)),
        }
    }
}

impl SealedBy {
    /// The error for a seal that does not fit.
    pub(super) fn wrong(&self, root: &Path) -> RootError {
        let (by, hint) = match self {
            Self::KeyFile => ("a key file", "give the right one with --seal-key"),
            Self::Passphrase { .. } => ("a passphrase", "give the right one with --passphrase-file"),
        };
        RootError::WrongSeal { path: root.into(), by, hint }
    }
}

fn stretch(passphrase: &Passphrase, cost: Cost, salt: &[u8]) -> Result<SecretKey, KeyError> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(SecretKey::LEN))
        .map_err(|_| KeyError::Malformed)?;
    let mut key = Zeroizing::new([0; SecretKey::LEN]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.0.as_bytes(), salt, &mut *key)
        .map_err(|_| KeyError::Malformed)?;
    Ok(SecretKey::from_bytes(*key))
}

fn create_seal_file(path: &Path) -> Result<(), RootError> {
    let key = SecretKey::generate()?;
    let mut text = Zeroizing::new(String::with_capacity(128));
    text.push_str(SEAL_FILE);
    BASE64_STANDARD.encode_string(key.expose(), &mut text);
    text.push('\n');
    private_file::create(path, text.as_bytes())
}

fn read_seal_file(path: &Path) -> Result<SecretKey, RootError> {
    let bytes = private_file::read(path)?;
    let mut key = Zeroizing::new([0; SecretKey::LEN + 3]);
    let text =
        bytes.trim_ascii_end().strip_prefix(SEAL_FILE.as_bytes()).ok_or_else(|| RootError::damaged(path))?;
    let length = BASE64_STANDARD.decode_slice(text, &mut *key).map_err(|_| RootError::damaged(path))?;
    match key.first_chunk() {
        Some(key) if length == SecretKey::LEN => Ok(SecretKey::from_bytes(*key)),
        _ => Err(RootError::damaged(path)),
    }
}
