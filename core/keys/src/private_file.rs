//! Files for their owner only, written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::RootError;

/// The most that is read of a key file, in bytes.
const MOST: u64 = 1 << 20;

/// Reads a file that nobody else may read or write.
pub(crate) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, RootError> {
    let file = File::open(path).map_err(RootError::file(path))?;
    let found = file.metadata().map_err(RootError::file(path))?;
    let mode = found.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(RootError::Permissions { path: path.into(), mode });
    }
    // Room for all of it at once: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(found.len().min(MOST) as usize + 64));
    file.take(MOST).read_to_end(&mut bytes).map_err(RootError::file(path))?;
    Ok(bytes)
}

/// Makes a new file; there must not be one.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> Result<(), RootError> {
    let beside = write_beside(path, bytes)?;
    // A link, unlike a rename, refuses to replace.
    let linked = fs::hard_link(&beside, path).map_err(RootError::file(path));
    fs::remove_file(&beside).map_err(RootError::file(&beside))?;
    linked?;
    sync_dir(path)
}

/// Replaces a file.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), RootError> {
    let beside = write_beside(path, bytes)?;
    fs::rename(&beside, path).map_err(RootError::file(path))?;
    sync_dir(path)
}

fn write_beside(path: &Path, bytes: &[u8]) -> Result<PathBuf, RootError> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".new");
    let beside = path.with_file_name(name);
    // What a crash left may have any mode: begin anew.
    if beside.try_exists().map_err(RootError::file(&beside))? {
        fs::remove_file(&beside).map_err(RootError::file(&beside))?;
    }
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(RootError::file(&beside))?;
    Ok(beside)
}

fn sync_dir(path: &Path) -> Result<(), RootError> {
    let dir = match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(RootError::file(dir))
}
