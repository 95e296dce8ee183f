//! What a shard takes and gives in a second.
//!
//! Source: Kinesis Developer Guide, "Quotas and limits".

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Records that a shard takes in a second.
const RECORDS: f64 = 1000.0;
/// Bytes that it takes in a second, partition keys included.
const BYTES: f64 = 1_048_576.0;
/// Calls that it answers in a second.
const CALLS: f64 = 5.0;
/// Bytes that it gives in a second. One answer may be larger; then the next ones wait.
const GIVEN: f64 = 2_097_152.0;
/// The most shards that are remembered; one that is forgotten begins anew.
const MOST: usize = 1 << 16;

/// The shard of a stream's contents.
type Place = (u64, u32);

/// What is left of a second.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    count: f64,
    bytes: f64,
    at: Instant,
}

/// Which way records go, and what of it is allowed in a second.
#[derive(Debug, Clone, Copy)]
struct Rate {
    count: f64,
    bytes: f64,
}

impl Bucket {
    fn full(rate: Rate, now: Instant) -> Self {
        Self { count: rate.count, bytes: rate.bytes, at: now }
    }

    fn fill(&mut self, rate: Rate, now: Instant) {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.count = (self.count + passed * rate.count).min(rate.count);
        self.bytes = (self.bytes + passed * rate.bytes).min(rate.bytes);
        self.at = now;
    }
}

/// What each shard has left.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    taken: Mutex<HashMap<Place, Bucket>>,
    given: Mutex<HashMap<Place, Bucket>>,
}

const IN: Rate = Rate { count: RECORDS, bytes: BYTES };
const OUT: Rate = Rate { count: CALLS, bytes: GIVEN };

impl Meter {
    /// Whether a shard takes a record of so many bytes; if so, it counts.
    pub(crate) fn takes(&self, place: Place, bytes: usize) -> bool {
        with(&self.taken, place, IN, Instant::now(), |bucket| {
            let bytes = as_number(bytes);
            let takes = bucket.count >= 1.0 && bucket.bytes >= bytes;
            if takes {
                bucket.count -= 1.0;
                bucket.bytes -= bytes;
            }
            takes
        })
    }

    /// Notes that a shard did not take a record of so many bytes after all.
    pub(crate) fn untake(&self, place: Place, bytes: usize) {
        with(&self.taken, place, IN, Instant::now(), |bucket| {
            bucket.count += 1.0;
            bucket.bytes += as_number(bytes);
        });
    }

    /// Whether a shard answers one more call; if so, it counts.
    pub(crate) fn answers(&self, place: Place) -> bool {
        with(&self.given, place, OUT, Instant::now(), |bucket| {
            let answers = bucket.count >= 1.0 && bucket.bytes > 0.0;
            if answers {
                bucket.count -= 1.0;
            }
            answers
        })
    }

    /// Notes what a shard gave.
    pub(crate) fn gave(&self, place: Place, bytes: usize) {
        with(&self.given, place, OUT, Instant::now(), |bucket| bucket.bytes -= as_number(bytes));
    }
}

/// How much of a shard a consumer was pushed lately: as much in a second as a shard gives, apart from what others get.
#[derive(Debug, Default)]
pub(crate) struct Pace(Option<Instant>);

impl Pace {
    /// So many bytes more.
    pub(crate) fn pushed(&mut self, bytes: usize, now: Instant) {
        let since = self.0.map_or(now, |until| until.max(now));
        self.0 = Some(since + Duration::from_secs_f64(as_number(bytes) / GIVEN));
    }

    /// When something may be pushed again: what one second gives is pushed at once.
    pub(crate) fn next(&self, now: Instant) -> Option<Instant> {
        let next = self.0?.checked_sub(Duration::from_secs(1))?;
        (next > now).then_some(next)
    }
}

fn with<T>(
    buckets: &Mutex<HashMap<Place, Bucket>>,
    place: Place,
    rate: Rate,
    now: Instant,
    act: impl FnOnce(&mut Bucket) -> T,
) -> T {
    let mut buckets = buckets.lock().unwrap_or_else(PoisonError::into_inner);
    if buckets.len() >= MOST {
        buckets.clear();
    }
    let bucket = buckets.entry(place).or_insert_with(|| Bucket::full(rate, now));
    bucket.fill(rate, now);
    act(bucket)
}

#[expect(clippy::cast_precision_loss, reason = "bytes of a request are exact in a double")]
fn as_number(bytes: usize) -> f64 {
    bytes as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_takes_a_mebibyte_or_a_thousand_records() {
        let meter = Meter::default();
        assert!(meter.takes((1, 0), 1 << 20));
        assert!(!meter.takes((1, 0), 1 << 20));
        assert!(meter.takes((1, 1), 1 << 20), "another shard has its own");
        let meter = Meter::default();
        let taken = (0..3000).filter(|_| meter.takes((1, 0), 1)).count();
        assert!((1000..1500).contains(&taken), "{taken}");
    }

    #[test]
    fn what_was_not_taken_after_all_does_not_count() {
        let meter = Meter::default();
        assert!(meter.takes((1, 0), 1 << 20));
        meter.untake((1, 0), 1 << 20);
        assert!(meter.takes((1, 0), 1 << 20));
    }

    #[test]
    fn a_shard_answers_five_calls_and_waits_after_a_large_answer() {
        let meter = Meter::default();
        assert_eq!((0..20).filter(|_| meter.answers((1, 0))).count(), 5);
        assert!(meter.answers((1, 1)));
        meter.gave((1, 1), 10 << 20);
        assert!(!meter.answers((1, 1)));
    }

    #[test]
    fn two_mebibytes_are_pushed_at_once_and_as_much_in_each_second_after() {
        let (mut pace, begin) = (Pace::default(), Instant::now());
        let after = |seconds: f64| begin + Duration::from_secs_f64(seconds);
        pace.pushed(1 << 20, begin);
        pace.pushed(1 << 20, begin);
        assert_eq!(pace.next(begin), None);
        pace.pushed(1 << 20, begin);
        assert_eq!((pace.next(begin), pace.next(after(0.5))), (Some(after(0.5)), None));
        pace.pushed(1 << 21, after(0.5));
        assert_eq!(pace.next(after(0.5)), Some(after(1.5)));
        pace.pushed(1 << 21, after(60.0));
        assert_eq!(pace.next(after(60.0)), None);
    }

    #[test]
    fn what_was_used_comes_back_within_a_second() {
        let (rate, now) = (OUT, Instant::now());
        let mut bucket = Bucket { count: 0.0, bytes: -as_number(10 << 20), at: now };
        bucket.fill(rate, now + Duration::from_secs(5));
        assert!(bucket.bytes <= 0.0 && bucket.count >= 5.0);
        bucket.fill(rate, now + Duration::from_secs(6));
        assert!(bucket.bytes > 0.0);
    }
}
