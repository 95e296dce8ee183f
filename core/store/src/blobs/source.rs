use std::fs::File;
use std::io::{ErrorKind, IoSliceMut};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::Bytes;
use kurodo_keys::{SecretKey, TAG_LEN};
use rustix::io::{ReadWriteFlags, preadv2};
use tokio::task::spawn_blocking;

use super::buffer::Pool;
use super::chunk::{Chunks, Layout, Place};
use super::folder::Folder;
use super::reader::BlobReader;
use super::{BlobError, BlobId, BlobRef, Blobs, Damage};

/// A blob whose key is at hand and whose file is still to be opened.
pub(super) struct Unlocked {
    folder: Arc<Folder>,
    id: BlobId,
    length: u64,
    chunks: Chunks,
    plain: Arc<Pool>,
    sealed: Arc<Pool>,
}

impl Unlocked {
    pub(super) fn new(blobs: &Blobs, blob: &BlobRef, key: &SecretKey) -> Result<Self, BlobError> {
        Ok(Self {
            folder: Arc::clone(&blobs.folder),
            id: blob.id(),
            length: blob.length(),
            chunks: Chunks::new(blob.id(), &blob.unwrap(key)?),
            plain: Arc::clone(&blobs.chunks),
            sealed: Arc::clone(&blobs.pieces),
        })
    }

    /// Opens here when the kernel has the name at hand, else on a blocking thread.
    pub(super) async fn open(self) -> Result<BlobReader, BlobError> {
        if let Some(file) = self.folder.open_cached(self.id) {
            return self.with(file);
        }
        spawn_blocking(move || self.open_now()).await.map_err(BlobError::stopped)?
    }

    pub(super) fn open_now(self) -> Result<BlobReader, BlobError> {
        let file = self.folder.open_blob(self.id)?;
        self.with(file)
    }

    #[cfg(test)]
    pub(super) fn open_source(self) -> Result<Arc<Source>, BlobError> {
        self.open_now().map(BlobReader::into_source)
    }

    fn with(self, file: File) -> Result<BlobReader, BlobError> {
        let layout = Layout::new(self.length);
        let found = file.metadata().map_err(BlobError::io("look at a blob"))?.len();
        let damage = match found.cmp(&layout.file()) {
            std::cmp::Ordering::Less => Damage::Short,
            std::cmp::Ordering::Greater => Damage::Long,
            std::cmp::Ordering::Equal => {
                let Self { id, length, chunks, plain, sealed, .. } = self;
                return Ok(BlobReader::new(Source { file, id, layout, chunks, plain, sealed }, length));
            }
        };
        Err(BlobError::Damaged { id: self.id, damage })
    }
}

/// An open blob: reads and opens chunks.
pub(super) struct Source {
    file: File,
    id: BlobId,
    layout: Layout,
    chunks: Chunks,
    plain: Arc<Pool>,
    sealed: Arc<Pool>,
}

impl Source {
    /// One chunk, if the page cache has all of it.
    pub(super) fn chunk_at_hand(&self, index: u64) -> Result<Option<Bytes>, BlobError> {
        let place = self.layout.place(index);
        let mut buffer = self.sealed.take();
        let Some(sealed) = buffer.grow(place.plain + TAG_LEN) else { return Ok(None) };
        let wanted = sealed.len();
        match preadv2(&self.file, &mut [IoSliceMut::new(sealed)], place.offset, ReadWriteFlags::NOWAIT) {
            Ok(read) if read == wanted => self.unseal(place, sealed).map(Some),
            // Not at hand, or a file system that cannot say. Errors of the disk show when the blocking thread reads.
            _ => Ok(None),
        }
    }

    /// As many chunks, from this one on, as one buffer holds and the blob has before `end`. Blocks.
    pub(super) fn run(&self, first: u64, end: u64) -> Result<Vec<Bytes>, BlobError> {
        let mut buffer = self.sealed.take();
        let mut places = Vec::with_capacity(super::PIECE / super::chunk::SEALED);
        for place in (first..end).map(|index| self.layout.place(index)) {
            if buffer.grow(place.plain + TAG_LEN).is_none() {
                break;
            }
            places.push(place);
        }
        self.fetch(first, buffer.filled_mut())?;
        let mut rest = buffer.filled();
        let open = |place: Place| {
            let (sealed, behind) = rest.split_at_checked(place.plain + TAG_LEN).unwrap_or_default();
            rest = behind;
            self.unseal(place, sealed)
        };
        places.into_iter().map(open).collect()
    }

    /// The chunks there are.
    pub(super) fn chunks(&self) -> u64 {
        self.layout.chunks()
    }

    fn fetch(&self, first: u64, sealed: &mut [u8]) -> Result<(), BlobError> {
        match self.file.read_exact_at(sealed, self.layout.place(first).offset) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                Err(BlobError::Damaged { id: self.id, damage: Damage::Short })
            }
            Err(error) => Err(BlobError::io("read a blob")(error)),
        }
    }

    fn unseal(&self, place: Place, sealed: &[u8]) -> Result<Bytes, BlobError> {
        let mut buffer = self.plain.take();
        let damaged = BlobError::Damaged { id: self.id, damage: Damage::Chunk(place.index) };
        let plain = buffer.grow(place.plain).ok_or(damaged)?;
        self.chunks.open(place.index, place.last, sealed, plain)?;
        Ok(buffer.freeze())
    }
}
