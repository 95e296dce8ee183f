use std::fmt::Debug;
use std::ops::Bound;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;

use super::cursor::Direction;
use super::transaction::Work;
use super::verify::{Check, Progress};
use super::version::{Commit, Versioned};
use crate::StoreError;

/// What keeps the records. It may serve many processes: a transaction carries all that it relies on.
pub(super) trait Backing: Debug + Send + Sync {
    /// The newest durable state, for as long as the view is held.
    fn view(&self) -> Result<Arc<dyn View>, StoreError>;
    /// Commits, and answers when that is durable.
    fn submit(&self, work: Work) -> Committing;
    /// Grows with every commit that wrote under keys of this first byte.
    fn generation(&self, namespace: u8) -> u64;
    /// Reads everything there is and says what is damaged.
    fn verify(&self, progress: Progress) -> Result<Check, StoreError>;
}

/// The answer to a submitted transaction.
pub(super) type Committing = Pin<Box<dyn Future<Output = Result<Commit, StoreError>> + Send>>;

/// One state of all records.
pub(super) trait View: Send + Sync {
    fn get(&self, key: &[u8]) -> Result<Option<Versioned<Bytes>>, StoreError>;
    fn range(
        &self,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        direction: Direction,
    ) -> Result<Entries, StoreError>;
}

/// Records in order, with their whole keys.
pub(super) type Entries = Box<dyn Iterator<Item = Result<(Bytes, Versioned<Bytes>), StoreError>> + Send>;
