use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use rustix::fs::{OFlags, fcntl_setfl};
use rustix::io::Errno;
use tokio::runtime::Handle;

use super::buffer::{ALIGN, Buffer};
use super::folder::Folder;
use super::shard::{Mark, Shard};
use super::{BlobError, BlobId};

/// After so many bytes the disk is told to begin: the last fdatasync then finds little left to do, and an upload
/// cannot fill the page cache faster than the disk empties it.
const EARLY: u64 = 8 << 20;

/// The file of a blob that is being written. Made at the first write; removed when dropped unfinished.
/// What touches the disk blocks.
pub(super) struct Output {
    folder: Arc<Folder>,
    shard: Arc<Shard>,
    id: BlobId,
    file: Option<(Arc<File>, Mark)>,
    end: u64,
    synced: u64,
    /// Whether writes go past the page cache.
    direct: bool,
    finished: bool,
}

impl Output {
    pub(super) fn new(folder: Arc<Folder>, shard: Arc<Shard>, id: BlobId) -> Self {
        Self { folder, shard, id, file: None, end: 0, synced: 0, direct: false, finished: false }
    }

    /// Appends whole, aligned blocks that are already sealed: more than a small blob has, so they go past the page
    /// cache.
    pub(super) fn append(&mut self, sealed: &[u8]) -> Result<(), BlobError> {
        let (file, _) = self.file()?;
        if self.end == 0 {
            // Not every file system can; the cache serves there.
            self.direct = fcntl_setfl(&*file, OFlags::DIRECT).is_ok();
        }
        self.write(&file, sealed)?;
        self.end += sealed.len() as u64;
        Ok(())
    }

    /// Appends the rest, of whatever length.
    pub(super) fn append_last(&mut self, piece: &mut Buffer) -> Result<(), BlobError> {
        let (file, _) = self.file()?;
        let end = self.end + piece.filled().len() as u64;
        if self.direct {
            let missing = piece.filled().len().next_multiple_of(ALIGN) - piece.filled().len();
            piece.grow(missing).ok_or(BlobError::Broken)?.fill(0);
        }
        self.write(&file, piece.filled())?;
        if self.direct {
            file.set_len(end).map_err(BlobError::io("cut a blob"))?;
        }
        self.end = end;
        Ok(())
    }

    /// Writes at the end. Where the file system wants other blocks than ours, the page cache takes over.
    fn write(&mut self, file: &File, bytes: &[u8]) -> Result<(), BlobError> {
        let written = match file.write_all_at(bytes, self.end) {
            Err(error) if self.direct && error.raw_os_error() == Some(Errno::INVAL.raw_os_error()) => {
                fcntl_setfl(file, OFlags::empty())
                    .map_err(Into::into)
                    .and_then(|()| file.write_all_at(bytes, self.end))
            }
            other => other,
        };
        written.map_err(BlobError::io("write a blob"))
    }

    /// The file, when it is time to sync it beside the writing.
    pub(super) fn due(&mut self) -> Option<Arc<File>> {
        if self.direct || self.end - self.synced < EARLY {
            return None;
        }
        self.synced = self.end;
        self.file.as_ref().map(|(file, _)| Arc::clone(file))
    }

    /// Makes content and name durable. The file stays from now on.
    pub(super) fn finish(mut self) -> Result<Finished, BlobError> {
        let (file, mark) = self.file()?;
        file.sync_data().map_err(BlobError::io("make a blob durable"))?;
        self.shard.settle(mark).map_err(BlobError::io("make a blob's name durable"))?;
        Ok(Finished(self))
    }

    fn file(&mut self) -> Result<(Arc<File>, Mark), BlobError> {
        if let Some((file, mark)) = &self.file {
            return Ok((Arc::clone(file), *mark));
        }
        let (file, mark) = self.shard.create(self.id).map_err(BlobError::io("make a blob's file"))?;
        let file = Arc::new(file);
        self.file = Some((Arc::clone(&file), mark));
        Ok((file, mark))
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if self.finished || self.file.take().is_none() {
            return;
        }
        let unwanted = Unwanted { folder: Arc::clone(&self.folder), id: self.id };
        if let Ok(runtime) = Handle::try_current() {
            drop(runtime.spawn_blocking(move || drop(unwanted)));
        }
    }
}

/// Removes a file when dropped: also if the runtime stops before it gets to it.
struct Unwanted {
    folder: Arc<Folder>,
    id: BlobId,
}

impl Drop for Unwanted {
    fn drop(&mut self) {
        if let Err(error) = self.folder.remove(self.id) {
            tracing::warn!(id = %self.id, %error, "an unfinished blob stays until the next start sweeps it");
        }
    }
}

/// A durable file that is still removed unless somebody takes it over.
pub(super) struct Finished(Output);

impl Finished {
    /// From here on the file is the caller's.
    pub(super) fn keep(mut self) {
        self.0.finished = true;
    }
}
