//! The root of trust as a sealed file.

mod error;
mod file;
mod key_file;
mod seal;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use error::RootError;
pub use key_file::{create_key_file, open_key_file, rewrap_key_file};
pub use seal::{Passphrase, Seal};

use crate::{KeyError, KeyWrap, Keyring, SecretKey, WrappedKey, private_file};

/// The key above all keys, with its versions, kept in a file that is sealed by a second file or a passphrase.
/// Everything else that Kurodo encrypts can be read with it, and nothing without it.
pub struct Root {
    path: PathBuf,
    keyring: Keyring,
}

impl Root {
    /// Makes a new root and its file, which must not exist yet. With [`Seal::KeyFile`], the sealing key's file is
    /// made too unless it is there.
    ///
    /// # Errors
    /// [`RootError::File`] (also when there is a root already), [`RootError::Permissions`],
    /// [`RootError::Keys`].
    pub fn create(path: &Path, seal: &Seal) -> Result<Self, RootError> {
        let keyring = Keyring::generate()?;
        let bytes = file::encode(&keyring, &seal.make()?)?;
        private_file::create(path, &bytes)?;
        Ok(Self { path: path.into(), keyring })
    }

    /// Opens the root in this file. With a passphrase this takes 64 MiB of memory and some tenths of a second.
    ///
    /// # Errors
    /// [`RootError::WrongSeal`] for another passphrase or sealing key or another kind of seal than the file's,
    /// [`RootError::Damaged`], [`RootError::Permissions`], [`RootError::File`].
    pub fn open(path: &Path, seal: &Seal) -> Result<Self, RootError> {
        let bytes = private_file::read(path)?;
        let keyring = file::decode(&bytes, seal, path)?;
        Ok(Self { path: path.into(), keyring })
    }

    /// Seals the file another way: after a passphrase was changed, or to take the sealing key elsewhere.
    ///
    /// # Errors
    /// As [`Root::create`].
    pub fn reseal(&self, seal: &Seal) -> Result<(), RootError> {
        private_file::replace(&self.path, &file::encode(&self.keyring, &seal.make()?)?)
    }

    /// Adds a version, which wraps from now on, and writes the file. What is wrapped by earlier versions can
    /// still be unwrapped, and wrapped anew.
    ///
    /// # Errors
    /// As [`Root::open`] when the seal is not the file's: the new version is then not used.
    pub fn rotate(&mut self, seal: &Seal) -> Result<u32, RootError> {
        let mut next = Self::open(&self.path, seal)?.keyring;
        let version = next.rotate()?;
        private_file::replace(&self.path, &file::encode(&next, &seal.make()?)?)?;
        self.keyring = next;
        Ok(version)
    }

    /// Forgets all versions but the newest, and writes the file: once everything is wrapped by the newest.
    ///
    /// # Errors
    /// As [`Root::rotate`].
    pub fn retire_earlier(&mut self, seal: &Seal) -> Result<(), RootError> {
        let mut next = Self::open(&self.path, seal)?.keyring;
        next.retire_below(next.version());
        private_file::replace(&self.path, &file::encode(&next, &seal.make()?)?)?;
        self.keyring = next;
        Ok(())
    }

    /// The versions that it can unwrap, oldest first.
    pub fn versions(&self) -> Vec<u32> {
        self.keyring.versions().map(|(version, _)| version).collect()
    }
}

impl KeyWrap for Root {
    fn wrap(&self, key: &SecretKey, context: &[u8]) -> Result<WrappedKey, KeyError> {
        self.keyring.wrap(key, context)
    }

    fn unwrap(&self, wrapped: &WrappedKey, context: &[u8]) -> Result<SecretKey, KeyError> {
        self.keyring.unwrap(wrapped, context)
    }

    fn version(&self) -> u32 {
        self.keyring.version()
    }
}
