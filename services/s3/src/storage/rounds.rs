use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use kurodo_arn::AccountId;

use super::Look;
use crate::records::BucketId;

/// Which buckets were measured today. It is forgotten when the server stops: then they are measured once more.
#[derive(Default)]
pub(crate) struct Rounds(Mutex<Held>);

#[derive(Default)]
struct Held {
    /// Days since 1970.
    day: i64,
    measured: HashSet<BucketId>,
    /// Where in an account's bucket the look goes on.
    looks: HashMap<AccountId, Look>,
    /// The accounts that had no other buckets in a generation of the buckets.
    done: HashSet<(AccountId, u64)>,
    /// All buckets, as they were in a generation of them.
    names: Option<(u64, Arc<Vec<String>>)>,
}

impl Rounds {
    /// Whether all buckets of an account were measured on this day, as far as they are of this generation.
    pub(crate) fn is_done(&self, day: i64, account: AccountId, generation: u64) -> bool {
        self.on(day, |held| held.done.contains(&(account, generation)))
    }

    /// They were.
    pub(crate) fn done(&self, day: i64, account: AccountId, generation: u64) {
        self.on(day, |held| {
            held.done.retain(|(other, _)| *other != account);
            held.done.insert((account, generation));
        });
    }

    /// Whether a bucket was measured on this day.
    pub(crate) fn is_measured(&self, day: i64, bucket: BucketId) -> bool {
        self.on(day, |held| held.measured.contains(&bucket))
    }

    /// It was.
    pub(crate) fn measured(&self, day: i64, bucket: BucketId) {
        self.on(day, |held| held.measured.insert(bucket));
    }

    /// The look through a bucket that goes on, or a new one.
    pub(crate) fn take(&self, account: AccountId, bucket: BucketId) -> Look {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let begun = held.looks.remove(&account).filter(|look| look.bucket == bucket);
        begun.unwrap_or_else(|| Look::new(bucket))
    }

    /// It goes on later.
    pub(crate) fn keep(&self, account: AccountId, look: Look) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.looks.insert(account, look);
    }

    /// The buckets, if there are the same as in this generation.
    pub(crate) fn names(&self, generation: u64) -> Option<Arc<Vec<String>>> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.names.as_ref().filter(|(then, _)| *then == generation).map(|(_, names)| Arc::clone(names))
    }

    /// Notes them.
    pub(crate) fn keep_names(&self, generation: u64, names: &Arc<Vec<String>>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.names = Some((generation, Arc::clone(names)));
    }

    /// What was done on this day; what was done on another is forgotten.
    fn on<T>(&self, day: i64, look: impl FnOnce(&mut Held) -> T) -> T {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.day != day {
            *held = Held { day, names: held.names.take(), ..Held::default() };
        }
        look(&mut held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bucket_has_its_turn_once_a_day() {
        let (rounds, account) = (Rounds::default(), AccountId::new(1).unwrap());
        let (one, other) = (BucketId::from_bytes([1; 16]), BucketId::from_bytes([2; 16]));
        rounds.measured(7, one);
        assert!(rounds.is_measured(7, one) && !rounds.is_measured(7, other));
        rounds.done(7, account, 3);
        assert!(rounds.is_done(7, account, 3));
        assert!(!rounds.is_done(7, account, 4), "there may be another bucket");
        assert!(!rounds.is_done(8, account, 3));
        assert!(!rounds.is_measured(8, one));
    }

    #[test]
    fn a_look_goes_on_in_the_bucket_that_it_began_in() {
        let (rounds, account) = (Rounds::default(), AccountId::new(1).unwrap());
        let (one, other) = (BucketId::from_bytes([1; 16]), BucketId::from_bytes([2; 16]));
        let mut look = rounds.take(account, one);
        look.storage.objects = 7;
        rounds.keep(account, look);
        assert_eq!(rounds.take(account, one).storage.objects, 7);
        let mut look = rounds.take(account, one);
        assert_eq!(look.storage.objects, 0, "it was taken");
        look.storage.objects = 7;
        rounds.keep(account, look);
        assert_eq!(rounds.take(account, other).storage.objects, 0);
    }
}
