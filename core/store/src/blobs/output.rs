use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use tokio::runtime::Handle;

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
    finished: bool,
}

impl Output {
    pub(super) fn new(folder: Arc<Folder>, shard: Arc<Shard>, id: BlobId) -> Self {
        Self { folder, shard, id, file: None, end: 0, synced: 0, finished: false }
    }

    /// Appends bytes that are already sealed.
    pub(super) fn append(&mut self, sealed: &[u8]) -> Result<(), BlobError> {
        let (file, _) = self.file()?;
        file.write_all_at(sealed, self.end).map_err(BlobError::io("write a blob"))?;
        self.end += sealed.len() as u64;
        Ok(())
    }

    /// The file, when it is time to sync it beside the writing.
    pub(super) fn due(&mut self) -> Option<Arc<File>> {
        if self.end - self.synced < EARLY {
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
