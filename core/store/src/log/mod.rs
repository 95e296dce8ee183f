//! An append-only log of encrypted entries, for whatever is written once, in order, and read back in order.
//!
//! - Appending copies the entry into memory under a short lock. One thread takes what has gathered, seals it as one
//!   frame (AES-256-GCM), writes it and makes it durable; everyone who waits shares that fdatasync. Entries that nobody
//!   waits for are durable within 50 ms.
//! - The log is a directory of segments. Each has a random id and a key derived from it, and its head says where the
//!   segment before it ends; each frame authenticates its index. So nothing within the log can be changed, removed or
//!   reordered unseen. That the *newest* entries were cut off cannot be seen from the log alone: whoever needs that
//!   keeps the end elsewhere, as the audit trail does.
//! - A crash can tear the last frame, which was never acknowledged: opening cuts it off and says so. Damage with
//!   authentic frames behind it is [`LogError::Damaged`] and never cut.
//! - When the disk fails or is full, entries that were accepted stay in memory and are tried again; new ones are
//!   refused, and those who wait are told.

mod disk;
mod error;
mod queue;
mod reader;
mod recover;
mod scan;
mod segment;
mod stage;
#[cfg(test)]
mod tests;
mod writer;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use kurodo_keys::SecretKey;

pub use disk::{Disk, Files, SegmentFile, SegmentInfo, Segments};
pub use error::LogError;
pub use queue::{Admission, Ticket};
pub use reader::{Entries, Entry, Reader};
pub use recover::{Recovered, Recovery};
pub use stage::{Plain, Stage};

use queue::Queue;

/// The longest entry, in bytes.
pub const MAX_ENTRY: usize = 16 << 20;

/// How a log is kept.
#[derive(Debug, Clone)]
pub struct Options {
    /// A segment that has reached this length, in bytes, is followed by a new one.
    pub segment_bytes: u64,
    /// So many bytes may wait in memory before appending is refused with [`LogError::Behind`].
    pub backlog_bytes: usize,
    /// An entry that nobody waits for is durable after about this time.
    pub linger: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { segment_bytes: 64 << 20, backlog_bytes: 8 << 20, linger: Duration::from_millis(50) }
    }
}

/// A log, open for writing. Cloning it is cheap; when the last clone is dropped, what waits is written and the writing
/// thread ends.
#[derive(Clone)]
pub struct Log(Arc<Inner>);

struct Inner {
    queue: Arc<Queue>,
    reader: Reader,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Log {
    /// Opens the log in this directory, or makes it.
    ///
    /// # Errors
    /// [`LogError::Damaged`], [`LogError::Locked`], [`LogError::Io`].
    pub fn open(path: &Path, key: &SecretKey, options: Options) -> Result<Self, LogError> {
        Self::recover(path, key, options)?.start(Plain)
    }

    /// Opens the log as far as its recovery, for a [`Stage`] that starts from what is there.
    ///
    /// # Errors
    /// As [`Log::open`].
    pub fn recover(path: &Path, key: &SecretKey, options: Options) -> Result<Recovered, LogError> {
        Recovered::open(path, key, options)
    }

    fn new(queue: Arc<Queue>, reader: Reader, thread: JoinHandle<()>) -> Self {
        Self(Arc::new(Inner { queue, reader, thread: Mutex::new(Some(thread)) }))
    }

    /// Appends an entry. It counts only once the ticket says that it is durable.
    ///
    /// # Errors
    /// [`LogError::TooLong`]; [`LogError::Behind`]; what hinders writing at present.
    pub fn append(&self, entry: &[u8]) -> Result<Ticket, LogError> {
        self.0.queue.append(entry)
    }

    /// The promise that one entry will be taken later, whatever the disk does meanwhile.
    ///
    /// # Errors
    /// What would hinder appending now.
    pub fn admit(&self) -> Result<Admission, LogError> {
        Queue::admit(&self.0.queue)
    }

    /// Waits until everything appended so far is durable.
    ///
    /// # Errors
    /// What hinders writing.
    pub async fn sync(&self) -> Result<(), LogError> {
        match self.0.queue.last() {
            Some(ticket) => ticket.durable().await,
            None => Ok(()),
        }
    }

    /// The position after the last durable entry.
    pub fn end(&self) -> u64 {
        self.0.queue.durable_end()
    }

    /// Reads the log; sees what is durable, and a little more at times.
    pub fn reader(&self) -> &Reader {
        &self.0.reader
    }

    /// Waits until the log has reached beyond `position`.
    ///
    /// # Errors
    /// [`LogError::Closed`].
    pub async fn beyond(&self, position: u64) -> Result<(), LogError> {
        self.0.queue.beyond(position).await
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.queue.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the log's writing thread had failed");
        }
    }
}
