//! Which shards of streams on demand refuse records: such a stream scales by itself.
//!
//! A shard that has refused records of more than one hash key for some time is split between these keys, so that both parts
//! have something of what it refused. A single key is never more than a shard takes.
//!
//! Source: Kinesis Data Streams Developer Guide, "Choose the right mode to stream in": AWS takes up to 15 minutes.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use kurodo_arn::AccountId;

use crate::{definition::Definition, facts::StreamFacts, names::StreamName, reshape::Reshape};

/// For how long a shard must have refused records.
const SUSTAINED: Duration = Duration::from_secs(10);
/// After so long without a refusal a shard is no longer hot.
const PAUSE: Duration = Duration::from_secs(5);
/// The most shards that a stream gets so.
///
/// Source: Kinesis Developer Guide, "Quotas and limits": 200 MB a second go into a stream on demand.
const MOST_SHARDS: u32 = 200;
/// The most streams that are remembered; of more nothing is known until these have cooled down.
const MOST: usize = 4096;

/// What shards refused lately.
#[derive(Debug, Default)]
pub(crate) struct Heat(Mutex<HashMap<u64, Stream>>);

#[derive(Debug)]
struct Stream {
    name: StreamName,
    shards: HashMap<u32, Hot>,
}

/// What a shard refused: since when, and between which hash keys.
#[derive(Debug, Clone, Copy)]
struct Hot {
    first: Instant,
    last: Instant,
    low: u128,
    high: u128,
}

impl Hot {
    fn new(key: u128, now: Instant) -> Self {
        Self { first: now, last: now, low: key, high: key }
    }

    fn refused(&mut self, key: u128, now: Instant) {
        if now.saturating_duration_since(self.last) > PAUSE {
            *self = Self::new(key, now);
        }
        (self.last, self.low, self.high) = (now, self.low.min(key), self.high.max(key));
    }

    fn is_cold(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.last) > PAUSE
    }

    /// Where the upper part is to begin, once it is time.
    fn border(&self, now: Instant) -> Option<u128> {
        let long = self.last.saturating_duration_since(self.first) >= SUSTAINED;
        let due = long && !self.is_cold(now) && self.low < self.high;
        due.then(|| self.low + (self.high - self.low).div_ceil(2))
    }
}

impl Heat {
    fn all(&self) -> MutexGuard<'_, HashMap<u64, Stream>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A shard of a stream did not take a record of this hash key.
    pub(crate) fn refused(&self, facts: &StreamFacts, shard: u32, key: u128, now: Instant) {
        if facts.definition.on_demand {
            self.note(facts.definition.contents, &facts.name, shard, key, now);
        }
    }

    fn note(&self, contents: u64, name: &StreamName, shard: u32, key: u128, now: Instant) {
        let mut all = self.all();
        if all.len() >= MOST && !all.contains_key(&contents) {
            return;
        }
        let stream =
            all.entry(contents).or_insert_with(|| Stream { name: name.clone(), shards: HashMap::new() });
        stream.shards.entry(shard).or_insert_with(|| Hot::new(key, now)).refused(key, now);
    }

    /// A stream of the account that has shards to be split. What has cooled down is forgotten.
    pub(crate) fn due(&self, account: AccountId, now: Instant) -> Option<StreamName> {
        let mut all = self.all();
        all.retain(|_, stream| {
            stream.shards.retain(|_, hot| !hot.is_cold(now));
            !stream.shards.is_empty()
        });
        let is_due = |stream: &&Stream| {
            stream.name.account == account && stream.shards.values().any(|hot| hot.border(now).is_some())
        };
        all.values().find(is_due).map(|stream| stream.name.clone())
    }

    /// Splits what is to be split, and forgets it; the time is in milliseconds since 1970. `false` where nothing was split.
    pub(crate) fn cool(&self, definition: &mut Definition, now_ms: i64, now: Instant) -> bool {
        let Some(stream) = self.all().remove(&definition.contents) else { return false };
        let mut borders: Vec<_> = stream
            .shards
            .iter()
            .filter_map(|(shard, hot)| hot.border(now).map(|border| (*shard, border)))
            .collect();
        borders.sort_unstable();
        let before = definition.shards.len();
        for (shard, border) in borders {
            if definition.count() < MOST_SHARDS {
                Reshape::split(shard, border).apply(definition, now_ms);
            }
        }
        definition.shards.len() > before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name() -> StreamName {
        let arn = "arn:aws:kinesis:us-east-1:111122223333:stream/s";
        StreamName::from_arn(&"us-east-1".parse().unwrap(), arn).unwrap()
    }

    /// Refusals of a shard's keys in turn, so many seconds long, ten of them in each.
    fn heat(shard: u32, keys: &[u128], seconds: u64) -> (Heat, Instant) {
        let (heat, begin) = (Heat::default(), Instant::now());
        let mut now = begin;
        for (step, key) in (0..=seconds * 10).zip(keys.iter().cycle()) {
            now = begin + Duration::from_millis(step * 100);
            heat.note(1, &name(), shard, *key, now);
        }
        (heat, now)
    }

    fn split(heat: &Heat, now: Instant) -> Option<Vec<u128>> {
        let mut definition = Definition::new(1, 4, true, 0);
        let split = heat.cool(&mut definition, 1_000_000, now);
        split.then(|| {
            definition.open().filter(|shard| shard.parent.is_some()).map(|shard| shard.range.first).collect()
        })
    }

    #[test]
    fn a_shard_that_is_hot_for_long_is_split_between_its_keys() {
        let quarter = 1 << 126;
        let (heat, now) = heat(1, &[quarter + 10, quarter + 20], 10);
        assert_eq!(heat.due("444455556666".parse().unwrap(), now), None);
        assert_eq!(heat.due(name().account, now), Some(name()));
        assert_eq!(split(&heat, now), Some(vec![quarter, quarter + 15]));
        assert_eq!((heat.due(name().account, now), split(&heat, now)), (None, None), "once");
    }

    #[test]
    fn keys_that_are_neighbours_come_apart() {
        let (heat, now) = heat(0, &[7, 8], 10);
        assert_eq!(split(&heat, now), Some(vec![0, 8]));
    }

    #[test]
    fn a_moment_a_pause_or_a_single_key_split_nothing() {
        let (short, now) = heat(0, &[1, 9], 9);
        assert_eq!((short.due(name().account, now), split(&short, now)), (None, None));
        let (single, now) = heat(0, &[5], 60);
        assert_eq!((single.due(name().account, now), split(&single, now)), (None, None));
        let (cold, now) = heat(0, &[1, 9], 10);
        assert_eq!(cold.due(name().account, now + Duration::from_secs(6)), None);
        assert!(cold.all().is_empty());
        let (again, now) = heat(0, &[1, 9], 9);
        let later = now + Duration::from_secs(6);
        again.note(1, &name(), 0, 3, later);
        assert_eq!(again.due(name().account, later), None, "it begins anew after a pause");
    }

    #[test]
    fn a_stream_has_so_many_shards_and_those_that_are_closed_stay_so() {
        let mut full = Definition::new(1, MOST_SHARDS, true, 0);
        let mut closed = Definition::new(1, 4, true, 0);
        Reshape::split(0, 5).apply(&mut closed, 0);
        for definition in [&mut full, &mut closed] {
            let (hot, now) = heat(0, &[1, 9], 10);
            assert!(!hot.cool(definition, 1_000_000, now));
        }
    }
}
