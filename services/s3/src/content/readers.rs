use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kurodo_store::blobs::{BlobError, BlobId, Blobs};
use tokio::runtime::Handle;

/// Which contents are being read, so that replacing or deleting an object does not cut off whoever reads it: the blobs
/// go when the last reader has gone. A content is called by its first blob.
pub(crate) struct Readers {
    blobs: Blobs,
    held: Mutex<HashMap<BlobId, Held>>,
}

#[derive(Default)]
struct Held {
    readers: usize,
    /// The blobs to remove after the last reader.
    doomed: Vec<BlobId>,
}

/// A reader of one content.
pub(crate) struct Hold {
    readers: Arc<Readers>,
    id: BlobId,
}

impl Readers {
    pub(crate) fn new(blobs: Blobs) -> Arc<Self> {
        Arc::new(Self { blobs, held: Mutex::default() })
    }

    /// Notes a reader until the hold is dropped.
    pub(crate) fn hold(self: &Arc<Self>, id: BlobId) -> Hold {
        self.held().entry(id).or_default().readers += 1;
        Hold { readers: Arc::clone(self), id }
    }

    /// Removes a content that no record refers to any more: now, or after its last reader. Whatever a crash leaves
    /// behind, the sweep at the next start finds.
    pub(crate) fn discard(&self, blobs: Vec<BlobId>) {
        let Some(first) = blobs.first() else { return };
        if let Some(held) = self.held().get_mut(first) {
            held.doomed = blobs;
            return;
        }
        self.remove(blobs);
    }

    fn remove(&self, ids: Vec<BlobId>) {
        let (blobs, Ok(runtime)) = (self.blobs.clone(), Handle::try_current()) else { return };
        runtime.spawn(async move {
            for id in ids {
                match blobs.delete(id).await {
                    Ok(()) | Err(BlobError::Missing(_)) => {}
                    Err(error) => tracing::warn!(%error, "a blob stays until the next start sweeps it"),
                }
            }
        });
    }

    fn held(&self) -> MutexGuard<'_, HashMap<BlobId, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut held = self.readers.held();
        let Some(entry) = held.get_mut(&self.id) else { return };
        entry.readers -= 1;
        if entry.readers == 0 {
            let doomed = held.remove(&self.id).map(|entry| entry.doomed).unwrap_or_default();
            drop(held);
            self.readers.remove(doomed);
        }
    }
}
