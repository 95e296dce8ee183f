use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kurodo_arn::AccountId;

use crate::records::{BucketId, Wanted};

/// The versions that are to be copied. What is pending is told by the versions themselves: whatever is forgotten here, by a
/// crash or because there is too much of it, is found by looking through the bucket once.
#[derive(Default)]
pub(crate) struct Queue(Mutex<Held>);

#[derive(Default)]
struct Held {
    tasks: HashMap<AccountId, VecDeque<Task>>,
    /// Those that are being done.
    working: HashMap<AccountId, Vec<Task>>,
    /// The buckets that were looked through.
    known: HashSet<BucketId>,
    /// The buckets that have rules, as they were in a generation of the buckets.
    governed: Option<(u64, Arc<Vec<String>>)>,
}

/// A version that is to be copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Task {
    pub(crate) bucket: String,
    pub(crate) id: BucketId,
    pub(crate) key: String,
    pub(crate) version: Wanted,
}

/// So many versions of an account are kept in mind.
const MOST: usize = 100_000;

impl Queue {
    /// Keeps a version in mind.
    pub(crate) fn push(&self, account: AccountId, task: Task) {
        let mut held = self.held();
        let tasks = held.tasks.entry(account).or_default();
        if tasks.len() < MOST {
            tasks.push_back(task);
        } else {
            held.known.remove(&task.id);
        }
    }

    /// The next ones of an account; the same again until they are done.
    pub(crate) fn next(&self, account: AccountId, most: usize) -> Vec<Task> {
        let mut held = self.held();
        if let Some(again) = held.working.get(&account) {
            return again.clone();
        }
        let Some(tasks) = held.tasks.get_mut(&account) else { return Vec::new() };
        let most = most.min(tasks.len());
        let next: Vec<_> = tasks.drain(..most).collect();
        held.working.insert(account, next.clone());
        next
    }

    /// Those that an account's look got last are done.
    pub(crate) fn done(&self, account: AccountId) {
        self.held().working.remove(&account);
    }

    /// Whether the bucket still has to be looked through; from now on it has been.
    pub(crate) fn is_new(&self, bucket: BucketId) -> bool {
        self.held().known.insert(bucket)
    }

    /// Lets the bucket be looked through again.
    pub(crate) fn forget(&self, bucket: BucketId) {
        self.held().known.remove(&bucket);
    }

    /// The buckets that have rules, if none has changed since this generation.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_looked_for_again() {
        let (queue, account, id) = (Queue::default(), AccountId::NOBODY, BucketId::from_bytes([1; 16]));
        let task = Task { bucket: "b".into(), id, key: "k".into(), version: Wanted::Null };
        assert!(queue.is_new(id) && !queue.is_new(id));
        for _ in 0..MOST {
            queue.push(account, task.clone());
        }
        assert!(!queue.is_new(id));
        queue.push(account, task.clone());
        assert!(queue.is_new(id));
        assert_eq!(queue.next(account, 3), [task.clone(), task.clone(), task]);
        assert_eq!(queue.next(account, MOST).len(), 3);
        queue.done(account);
        assert_eq!(queue.next(account, MOST).len(), MOST - 3);
        queue.done(account);
        assert!(queue.next(account, 1).is_empty());
    }
}
