use std::path::Path;

use super::RootError;
use crate::{KeyError, KeyWrap, SecretKey, WrappedKey, private_file};

/// Makes a new key and its file, which must not exist yet: for a key that is needed before there is a store to keep it
/// in, such as the store's own. `wrapper` wraps it for `context`.
///
/// # Errors
/// [`RootError::File`] (also when there is a file already), [`RootError::Keys`].
pub fn create_key_file(path: &Path, wrapper: &dyn KeyWrap, context: &[u8]) -> Result<SecretKey, RootError> {
    let key = SecretKey::generate()?;
    private_file::create(path, &wrapper.wrap(&key, context)?.to_bytes())?;
    Ok(key)
}

/// The key in this file, which was wrapped by `wrapper` for `context`.
///
/// # Errors
/// [`RootError::Damaged`], also when wrapper or context is another; [`RootError::Permissions`], [`RootError::File`].
pub fn open_key_file(path: &Path, wrapper: &dyn KeyWrap, context: &[u8]) -> Result<SecretKey, RootError> {
    unwrap(path, &read(path)?, wrapper, context)
}

/// Wraps the key in this file by the wrapper's newest version, if it is not yet.
///
/// # Errors
/// As [`open_key_file`].
pub fn rewrap_key_file(path: &Path, wrapper: &dyn KeyWrap, context: &[u8]) -> Result<(), RootError> {
    let wrapped = read(path)?;
    if wrapped.parent() == wrapper.version() {
        return Ok(());
    }
    let key = unwrap(path, &wrapped, wrapper, context)?;
    private_file::replace(path, &wrapper.wrap(&key, context)?.to_bytes())
}

fn read(path: &Path) -> Result<WrappedKey, RootError> {
    WrappedKey::from_bytes(&private_file::read(path)?).map_err(|_| RootError::damaged(path))
}

fn unwrap(
    path: &Path,
    wrapped: &WrappedKey,
    wrapper: &dyn KeyWrap,
    context: &[u8],
) -> Result<SecretKey, RootError> {
    wrapper.unwrap(wrapped, context).map_err(|error| match error {
        KeyError::Root(_) | KeyError::Random => error.into(),
        _ => RootError::damaged(path),
    })
}
