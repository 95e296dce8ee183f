use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::fs::{AtFlags, Mode, OFlags, ResolveFlags, mkdirat, open, openat, openat2, unlinkat};

use super::shard::Shard;
use super::{BlobError, BlobId};

/// So many blobs in a row go to one of the 256 directories, so that writers at work at the same time share the
/// fsync of its entries.
const RUN: u64 = 512;

const READ: OFlags = OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// The directory tree of the blobs: `ab/cdef..`, one directory for each first byte.
pub(super) struct Folder {
    pub(super) path: PathBuf,
    pub(super) root: File,
    made: AtomicU64,
    shard: Mutex<Option<Arc<Shard>>>,
    /// The ids made since the start, as long as a sweep may still come.
    fresh: Mutex<Option<HashSet<BlobId>>>,
}

impl Folder {
    /// Opens the tree, or makes it durably.
    pub(super) fn open(path: &Path) -> Result<Self, BlobError> {
        let act = BlobError::io("make or open directories");
        let new = !path.exists();
        std::fs::create_dir_all(path).map_err(&act)?;
        let root = open_directory(path).map_err(&act)?;
        let mut made = new;
        for shard in 0..=u8::MAX {
            made |= make_directory(&root, &format!("{shard:02x}")).map_err(&act)?;
        }
        if made {
            root.sync_all().map_err(&act)?;
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
            open_directory(parent.unwrap_or(Path::new("."))).and_then(|dir| dir.sync_all()).map_err(&act)?;
        }
        let [.., start] = *BlobId::random(0)?.as_bytes();
        Ok(Self {
            path: path.to_owned(),
            root,
            made: AtomicU64::new(u64::from(start) * RUN),
            shard: Mutex::new(None),
            fresh: Mutex::new(Some(HashSet::new())),
        })
    }

    /// A new id and the shard that its file belongs to.
    pub(super) fn assign(&self) -> Result<(BlobId, Arc<Shard>), BlobError> {
        let number = (self.made.fetch_add(1, Ordering::Relaxed) / RUN) as u8;
        let id = BlobId::random(number)?;
        if let Some(fresh) = self.fresh.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            fresh.insert(id);
        }
        Ok((id, self.shard(number)?))
    }

    fn shard(&self, number: u8) -> Result<Arc<Shard>, BlobError> {
        let mut current = self.shard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shard) = current.as_ref().filter(|shard| shard.number() == number) {
            return Ok(Arc::clone(shard));
        }
        let shard = Arc::new(Shard::open(&self.root, number).map_err(BlobError::io("open a directory"))?);
        *current = Some(Arc::clone(&shard));
        Ok(shard)
    }

    /// Whether this process made the blob. Always so once no sweep can come any more.
    pub(super) fn is_fresh(&self, id: &BlobId) -> bool {
        let fresh = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
        fresh.as_ref().is_none_or(|fresh| fresh.contains(id))
    }

    /// No sweep comes any more: stop remembering.
    pub(super) fn forget_fresh(&self) {
        *self.fresh.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Opens a blob if the kernel can do so without waiting for the disk.
    pub(super) fn open_cached(&self, id: BlobId) -> Option<File> {
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::CACHED;
        openat2(&self.root, id.path(), READ, Mode::empty(), resolve).ok().map(File::from)
    }

    pub(super) fn open_blob(&self, id: BlobId) -> Result<File, BlobError> {
        match openat(&self.root, id.path(), READ, Mode::empty()) {
            Ok(file) => Ok(file.into()),
            Err(rustix::io::Errno::NOENT) => Err(BlobError::Missing(id)),
            Err(error) => Err(BlobError::io("open a blob")(error.into())),
        }
    }

    pub(super) fn remove(&self, id: BlobId) -> Result<(), BlobError> {
        match unlinkat(&self.root, id.path(), AtFlags::empty()) {
            Ok(()) => Ok(()),
            Err(rustix::io::Errno::NOENT) => Err(BlobError::Missing(id)),
            Err(error) => Err(BlobError::io("remove a blob")(error.into())),
        }
    }
}

fn open_directory(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(open(path, flags, Mode::empty())?.into())
}

/// Whether it was not there yet.
fn make_directory(root: &File, name: &str) -> io::Result<bool> {
    match mkdirat(root, name, Mode::RWXU) {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::EXIST) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
