use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kurodo_arn::AccountId;

use super::{Files, Inventory};
use crate::records::BucketId;

/// Which lists were tried today. That a list was delivered is told by its manifest; this keeps one that may not be
/// delivered from being tried again and again.
#[derive(Default)]
pub(crate) struct Rounds(Mutex<Held>);

#[derive(Default)]
struct Held {
    /// The day, and the generation of the buckets, in which a bucket's list was tried last.
    tried: HashMap<(BucketId, String), (i64, u64)>,
    /// What an account's look found to be done.
    work: HashMap<AccountId, Work>,
    /// The buckets that have configurations, as they were in a generation of the buckets.
    governed: Option<(u64, Arc<Vec<String>>)>,
}

/// A list that is to be delivered.
#[derive(Debug, Clone)]
pub(crate) struct Work {
    pub(crate) inventory: Inventory,
    pub(crate) files: Files,
}

impl Rounds {
    /// Whether a list is to be tried on this day, with the buckets as they are; from now on it was.
    pub(crate) fn is_new(&self, bucket: BucketId, id: &str, day: i64, generation: u64) -> bool {
        let tried = self.held().tried.insert((bucket, id.to_owned()), (day, generation));
        tried != Some((day, generation))
    }

    /// Lets a list be tried again.
    pub(crate) fn forget(&self, bucket: BucketId, id: &str) {
        self.held().tried.remove(&(bucket, id.to_owned()));
    }

    /// Lays work aside until it is known whether it may be done.
    pub(crate) fn begin(&self, account: AccountId, work: Work) {
        self.held().work.insert(account, work);
    }

    /// Gives it out again.
    pub(crate) fn take(&self, account: AccountId) -> Option<Work> {
        self.held().work.remove(&account)
    }

    /// The buckets that have configurations, if none has changed since this generation.
    pub(crate) fn governed(&self, generation: u64) -> Option<Arc<Vec<String>>> {
        let held = self.held();
        held.governed.as_ref().filter(|(then, _)| *then == generation).map(|(_, names)| Arc::clone(names))
    }

    /// Notes them.
    pub(crate) fn keep_governed(&self, generation: u64, names: &Arc<Vec<String>>) {
        self.held().governed = Some((generation, Arc::clone(names)));
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
