use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::StoreError;

const NAME: &str = "kurodo.lock";

/// Keeps other processes out of a data directory while it lives. The file holds the process's id; the lock goes
/// with the process, however it ends.
#[derive(Debug)]
pub(super) struct DirLock(#[expect(dead_code, reason = "dropping it unlocks")] File);

impl DirLock {
    pub(super) fn take(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join(NAME);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(StoreError::file(&path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::Locked { pid: holder(&mut file) }),
            Err(TryLockError::Error(error)) => return Err(StoreError::file(path)(error)),
        }
        sign(&mut file).map_err(StoreError::file(path))?;
        Ok(Self(file))
    }
}

fn sign(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

fn holder(file: &mut File) -> u32 {
    let mut pid = String::new();
    file.take(16).read_to_string(&mut pid).ok().and_then(|_| pid.trim().parse().ok()).unwrap_or(0)
}
