use std::{
    fs,
    io::{self, Read, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::{Zeroize, Zeroizing};

use crate::{KeyError, Sealer, SecretKey};

/// What seals the root key.
pub enum Seal {
    /// A key in a file of its own, which may be kept apart from the data.
    KeyFile(PathBuf),
    /// A passphrase, by Argon2id with 64 MiB, three passes and one lane (RFC 9106, section 4, scaled to the
    /// start of a server).
    Passphrase(Zeroizing<String>),
}

/// Why the root key cannot be made or opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RootError {
    /// A file cannot be read or written.
    #[error("{path} cannot be used: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Others may read the file.
    #[error("{path} is open to others: run `chmod 600 {path}`")]
    Open {
        /// Which file.
        path: PathBuf,
    },
    /// The file is not a sealed root key of this version.
    #[error("{path} is not a sealed root key: restore it from your backup")]
    Malformed {
        /// Which file.
        path: PathBuf,
    },
    /// The root key is sealed by the other kind of seal.
    #[error("the root key is sealed by {sealed}: start with {flag}")]
    OtherSeal {
        /// By what.
        sealed: &'static str,
        /// How to say so.
        flag: &'static str,
    },
    /// The passphrase or key file is not the one that sealed it, or the root key was changed.
    #[error("the root key does not open: the passphrase or key file is another one, or the file was changed")]
    WrongSeal,
    /// Cryptography failed.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Argon2 refused its parameters or memory.
    #[error("the passphrase cannot be stretched: {0}")]
    Argon2(argon2::Error),
}

const MAGIC: &[u8; 8] = b"kurodo\x00\x01";
const SALT: usize = 16;
const HEAD: usize = 8 + 1 + SALT;
const BY_KEY_FILE: u8 = 1;
const BY_PASSPHRASE: u8 = 2;

/// Makes a new root key and seals it into this file, which must not exist yet.
///
/// # Errors
/// [`RootError`].
pub fn create_root(path: &Path, seal: &Seal) -> Result<SecretKey, RootError> {
    let root = SecretKey::generate()?;
    let mut head = Vec::with_capacity(HEAD + 128);
    head.extend_from_slice(MAGIC);
    head.push(kind(seal));
    head.extend_from_slice(SecretKey::generate()?.expose().get(..SALT).unwrap_or_default());
    let key = match seal {
        Seal::KeyFile(file) if file.exists() => read_key(file)?,
        Seal::KeyFile(file) => {
            let key = SecretKey::generate()?;
            write(file, key.expose())?;
            key
        }
        Seal::Passphrase(passphrase) => stretch(passphrase, head.get(9..HEAD).unwrap_or_default())?,
    };
    let sealed = Sealer::new(&key).seal_random(&head, root.expose())?;
    write(path, &[head, sealed].concat())?;
    Ok(root)
}

/// Opens the root key that is sealed in this file.
///
/// # Errors
/// [`RootError`].
pub fn open_root(path: &Path, seal: &Seal) -> Result<SecretKey, RootError> {
    let file = read(path)?;
    let malformed = || RootError::Malformed { path: path.to_owned() };
    let (head, sealed) = file.split_at_checked(HEAD).ok_or_else(malformed)?;
    if !head.starts_with(MAGIC) {
        return Err(malformed());
    }
    let key = match (head.get(8), seal) {
        (Some(&BY_KEY_FILE), Seal::KeyFile(file)) => read_key(file)?,
        (Some(&BY_PASSPHRASE), Seal::Passphrase(passphrase)) => {
            stretch(passphrase, head.get(9..).unwrap_or_default())?
        }
        (Some(&BY_KEY_FILE), _) => {
            return Err(RootError::OtherSeal { sealed: "a key file", flag: "--seal-key" });
        }
        (Some(&BY_PASSPHRASE), _) => {
            return Err(RootError::OtherSeal { sealed: "a passphrase", flag: "--passphrase-file" });
        }
        _ => return Err(malformed()),
    };
    let mut opened = Sealer::new(&key).open_random(head, sealed).map_err(|_| RootError::WrongSeal)?;
    let bytes: Result<[u8; SecretKey::LEN], _> = opened.as_slice().try_into();
    opened.zeroize();
    bytes.map(SecretKey::from_bytes).map_err(|_| malformed())
}

fn kind(seal: &Seal) -> u8 {
    match seal {
        Seal::KeyFile(_) => BY_KEY_FILE,
        Seal::Passphrase(_) => BY_PASSPHRASE,
    }
}

fn stretch(passphrase: &str, salt: &[u8]) -> Result<SecretKey, RootError> {
    let params = Params::new(64 * 1024, 3, 1, Some(SecretKey::LEN)).map_err(RootError::Argon2)?;
    let mut key = Zeroizing::new([0_u8; SecretKey::LEN]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, &mut *key)
        .map_err(RootError::Argon2)?;
    Ok(SecretKey::from_bytes(*key))
}

fn read_key(path: &Path) -> Result<SecretKey, RootError> {
    let bytes = read(path)?;
    let bytes: [u8; SecretKey::LEN] =
        bytes.as_slice().try_into().map_err(|_| RootError::Malformed { path: path.to_owned() })?;
    Ok(SecretKey::from_bytes(bytes))
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, RootError> {
    let fault = |source| RootError::File { path: path.to_owned(), source };
    let mut file = fs::File::open(path).map_err(fault)?;
    if file.metadata().map_err(fault)?.mode() & 0o077 != 0 {
        return Err(RootError::Open { path: path.to_owned() });
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(256));
    Read::by_ref(&mut file).take(4096).read_to_end(&mut bytes).map_err(fault)?;
    Ok(bytes)
}

/// Writes a new file for its owner only: whole and on disk, or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<(), RootError> {
    let draft = path.with_extension("tmp");
    let write = || -> io::Result<()> {
        let mut file =
            fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&draft, path)?;
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::File::open(folder)?.sync_all()
    };
    write().map_err(|source| RootError::File { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn files(folder: &tempfile::TempDir) -> (PathBuf, Seal) {
        (folder.path().join("root.key"), Seal::KeyFile(folder.path().join("seal.key")))
    }

    #[test]
    fn the_same_key_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let (path, seal) = files(&folder);
        let made = create_root(&path, &seal).unwrap();
        assert_eq!(open_root(&path, &seal).unwrap().expose(), made.expose());
    }

    #[test]
    fn another_passphrase_or_a_changed_file_opens_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        let seal = |text: &str| Seal::Passphrase(Zeroizing::new(text.to_owned()));
        create_root(&path, &seal("right")).unwrap();
        assert!(matches!(open_root(&path, &seal("wrong")), Err(RootError::WrongSeal)));
        let mut bytes = fs::read(&path).unwrap();
        for at in [9, HEAD, bytes.len() - 1] {
            bytes[at] ^= 1;
            fs::write(&path, &bytes).unwrap();
            assert!(matches!(open_root(&path, &seal("right")), Err(RootError::WrongSeal)));
            bytes[at] ^= 1;
        }
    }

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (path, seal) = files(&folder);
        create_root(&path, &seal).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(open_root(&path, &seal), Err(RootError::Open { .. })));
    }

    #[test]
    fn the_other_kind_of_seal_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (path, seal) = files(&folder);
        create_root(&path, &seal).unwrap();
        let passphrase = Seal::Passphrase(Zeroizing::new("x".to_owned()));
        assert!(matches!(open_root(&path, &passphrase), Err(RootError::OtherSeal { .. })));
    }
}
