use std::sync::Arc;

use kurodo_keys::{Sealer, SecretKey, TAG_LEN};
use tokio::task::{JoinHandle, spawn_blocking};

use super::buffer::{ALIGN, Buffer};
use super::chunk::{CHUNK, Chunks, SEALED};
use super::output::Output;
use super::reference::wrapping_key;
use super::{BlobError, BlobId, BlobRef, Blobs};

/// Takes the content of a new blob, once, from front to back.
///
/// Holds about 1.1 MiB whatever the content's length: one chunk being filled and two pieces of sealed chunks, one
/// of them on its way to the disk. Plaintext never leaves the chunk. A writer that is dropped before
/// [`BlobWriter::finish`] leaves nothing behind.
pub struct BlobWriter {
    id: BlobId,
    data: SecretKey,
    wrapping: Sealer,
    chunks: Chunks,
    open: Buffer,
    piece: Buffer,
    index: u64,
    length: u64,
    disk: Disk,
    early: Option<JoinHandle<std::io::Result<()>>>,
}

/// Who has the output just now.
enum Disk {
    Idle(Output, Buffer),
    Busy(JoinHandle<Result<(Output, Buffer), BlobError>>),
    Broken,
}

impl BlobWriter {
    pub(super) fn new(blobs: &Blobs, key: &SecretKey) -> Result<Self, BlobError> {
        let (id, shard) = blobs.folder.assign()?;
        let data = SecretKey::generate().map_err(|_| BlobError::Random)?;
        let output = Output::new(Arc::clone(&blobs.folder), shard, id);
        Ok(Self {
            id,
            wrapping: wrapping_key(id, key),
            chunks: Chunks::new(id, &data),
            data,
            open: blobs.chunks.take(),
            piece: blobs.pieces.take(),
            index: 0,
            length: 0,
            disk: Disk::Idle(output, blobs.pieces.take()),
            early: None,
        })
    }

    /// The name that the blob will have.
    pub fn id(&self) -> BlobId {
        self.id
    }

    /// The bytes taken so far.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Appends content. Waits for the disk when it is a piece behind. After an error, or after this call was given
    /// up halfway, the writer is of no more use.
    ///
    /// # Errors
    /// [`BlobError::Full`], [`BlobError::Io`]; [`BlobError::Broken`] after an earlier one.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.open.room() == 0 {
                self.seal_open(false)?;
                self.hand_over_full().await?;
            }
            rest = match rest.split_at_checked(CHUNK) {
                Some((chunk, behind)) if self.open.is_empty() && !behind.is_empty() => {
                    self.seal(chunk)?;
                    self.hand_over_full().await?;
                    behind
                }
                _ => self.open.fill(rest),
            };
        }
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Makes the blob durable, name and content, and gives what finds it again. Until a record holds that
    /// reference, only the next start's sweep knows of the blob.
    ///
    /// # Errors
    /// As [`BlobWriter::write`]; the file is then removed.
    pub async fn finish(mut self) -> Result<BlobRef, BlobError> {
        self.seal_open(true)?;
        let (mut output, _) = self.output().await?;
        self.join_early().await?;
        let reference = BlobRef::wrap(self.id, self.length, &self.data, &self.wrapping)?;
        let mut piece = self.piece;
        let work = spawn_blocking(move || {
            output.append_last(&mut piece)?;
            output.finish()
        });
        work.await.map_err(BlobError::stopped)??.keep();
        Ok(reference)
    }

    fn seal_open(&mut self, last: bool) -> Result<(), BlobError> {
        let plain = self.open.filled();
        let out = self.piece.grow(plain.len() + TAG_LEN).ok_or(BlobError::Broken)?;
        self.chunks.seal(self.index, last, plain, out)?;
        self.index += 1;
        self.open.clear();
        Ok(())
    }

    /// A whole chunk straight from the caller's bytes.
    fn seal(&mut self, chunk: &[u8]) -> Result<(), BlobError> {
        let out = self.piece.grow(SEALED).ok_or(BlobError::Broken)?;
        self.chunks.seal(self.index, false, chunk, out)?;
        self.index += 1;
        Ok(())
    }

    /// Gives the piece to the disk when no further chunk fits.
    async fn hand_over_full(&mut self) -> Result<(), BlobError> {
        if self.piece.room() >= SEALED + ALIGN {
            return Ok(());
        }
        let (mut output, mut spare) = self.output().await?;
        // The disk takes whole blocks; what is over goes with the next piece.
        let filled = self.piece.filled();
        let whole = filled.len() / ALIGN * ALIGN;
        spare.fill(filled.get(whole..).unwrap_or_default());
        if let Some(file) = output.due() {
            self.join_early().await?;
            self.early = Some(spawn_blocking(move || file.sync_data()));
        }
        std::mem::swap(&mut self.piece, &mut spare);
        self.disk = Disk::Busy(spawn_blocking(move || {
            output.append(spare.filled().get(..whole).unwrap_or_default())?;
            spare.clear();
            Ok((output, spare))
        }));
        Ok(())
    }

    /// One sync at a time runs beside the writing: when it is not done by the time that the next is due, the disk is
    /// the slower one and the writing waits. Its answer counts, for the kernel reports a failed write-back once.
    async fn join_early(&mut self) -> Result<(), BlobError> {
        let Some(early) = self.early.take() else { return Ok(()) };
        early.await.map_err(BlobError::stopped)?.map_err(BlobError::io("make a blob durable"))
    }

    async fn output(&mut self) -> Result<(Output, Buffer), BlobError> {
        if let Disk::Busy(work) = &mut self.disk {
            let done = work.await;
            self.disk = Disk::Broken;
            return done.map_err(BlobError::stopped)?;
        }
        match std::mem::replace(&mut self.disk, Disk::Broken) {
            Disk::Idle(output, spare) => Ok((output, spare)),
            Disk::Busy(_) | Disk::Broken => Err(BlobError::Broken),
        }
    }
}
