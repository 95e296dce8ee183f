use std::path::Path;

use super::RootError;
use crate::{KeyWrap, SecretKey, WrappedKey, private_file};

/// The key in this file, wrapped by `wrapper` for `context`: for a key that is needed before there is a store to
/// keep it in, such as the store's own. A missing file is made, with a new key.
///
/// # Errors
/// [`RootError::Damaged`], [`RootError::Permissions`], [`RootError::File`], and [`RootError::Keys`] when the
/// wrapper or the context is another.
pub fn open_key_file(path: &Path, wrapper: &dyn KeyWrap, context: &[u8]) -> Result<SecretKey, RootError> {
    if path.try_exists().map_err(RootError::file(path))? {
        return Ok(wrapper.unwrap(&read(path)?, context)?);
    }
    let key = SecretKey::generate()?;
    private_file::create(path, &wrapper.wrap(&key, context)?.to_bytes())?;
    Ok(key)
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
    let key = wrapper.unwrap(&wrapped, context)?;
    private_file::replace(path, &wrapper.wrap(&key, context)?.to_bytes())
}

fn read(path: &Path) -> Result<WrappedKey, RootError> {
    WrappedKey::from_bytes(&private_file::read(path)?).map_err(|_| RootError::damaged(path))
}
