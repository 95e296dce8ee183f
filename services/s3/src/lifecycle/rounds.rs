use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::Lifecycle;
use crate::{
    listing::Start,
    records::{BucketId, VersionId},
};

/// How far the look for what is due has come, bucket by bucket. Each is looked through once a day, for everything is
/// due at midnight; and anew when its rules change or the server starts.
#[derive(Default)]
pub(crate) struct Rounds {
    rounds: Mutex<HashMap<BucketId, Round>>,
    /// The buckets that have rules, as they were in a generation of the buckets.
    governed: Mutex<Option<(u64, Arc<Vec<String>>)>>,
}

/// The look through one bucket.
#[derive(Debug, Clone)]
pub(crate) struct Round {
    day: i64,
    rules: Lifecycle,
    pub(crate) at: At,
}

/// Where a look goes on.
#[derive(Debug, Clone)]
pub(crate) enum At {
    /// Among the versions: behind a key, or behind a version of it.
    Versions {
        start: Start,
        behind: Option<VersionId>,
        /// The key that the page before ended in.
        within: Option<Within>,
    },
    /// Among the uploads, behind this record.
    Uploads(Vec<u8>),
    /// Nowhere: it is done for the day.
    Done,
}

/// A key whose versions are looked through, the latest first.
#[derive(Debug, Clone)]
pub(crate) struct Within {
    pub(crate) key: String,
    /// When the version before, which is later, came.
    pub(crate) since_ms: i64,
    /// How many older versions were passed.
    pub(crate) newer: usize,
}

impl Rounds {
    /// The look through a bucket on this day, by these rules.
    pub(crate) fn of(&self, bucket: BucketId, day: i64, rules: &Lifecycle) -> Round {
        let known = open(&self.rounds);
        let same = known.get(&bucket).filter(|round| round.day == day && round.rules == *rules);
        let beginning = At::Versions { start: Start::Beginning, behind: None, within: None };
        same.cloned().unwrap_or_else(|| Round { day, rules: rules.clone(), at: beginning })
    }

    /// Notes how far a look has come.
    pub(crate) fn keep(&self, bucket: BucketId, round: Round) {
        open(&self.rounds).insert(bucket, round);
    }

    /// The buckets that have rules, if none has changed since this generation.
    pub(crate) fn governed(&self, generation: u64) -> Option<Arc<Vec<String>>> {
        let known = open(&self.governed);
        known.as_ref().filter(|(then, _)| *then == generation).map(|(_, names)| Arc::clone(names))
    }

    /// Notes them.
    pub(crate) fn keep_governed(&self, generation: u64, names: &Arc<Vec<String>>) {
        *open(&self.governed) = Some((generation, Arc::clone(names)));
    }
}

fn open<T>(known: &Mutex<T>) -> MutexGuard<'_, T> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}
