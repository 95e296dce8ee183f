//! A stream, as it is stored.

use serde::{Deserialize, Serialize};

use crate::{
    encryption::{StreamKey, Turn},
    model::{StreamMode, StreamStatus},
    reshape::Reshape,
    shard::{Range, Shard},
};

/// For how long a stream is being created, in milliseconds.
const CREATING: i64 = 500;
/// For how long at least it is being updated.
const UPDATING: i64 = 500;
/// Milliseconds of an hour.
const HOUR: i64 = 60 * 60 * 1000;
/// Hours that records are kept for unless more are asked for.
///
/// Source: Kinesis Developer Guide, "Changing the data retention period".
pub(crate) const HOURS: i32 = 24;

/// A stream.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Definition {
    /// What its records are called by.
    pub(crate) contents: u64,
    /// In milliseconds since 1970.
    pub(crate) created: i64,
    pub(crate) deleting: bool,
    pub(crate) on_demand: bool,
    /// For how long records are kept.
    pub(crate) hours: i32,
    /// In the order of their numbers.
    pub(crate) shards: Vec<Shard>,
    /// What is to become of the shards, and when, in milliseconds since 1970.
    pub(crate) reshape: Option<(Reshape, i64)>,
    /// When the number of shards was changed within the last day, in milliseconds since 1970.
    pub(crate) scaled: Vec<i64>,
    /// When the mode was changed within the last day, likewise.
    pub(crate) switched: Vec<i64>,
    /// The key of KMS that records are sealed under; nothing where none ever was.
    #[serde(default)]
    pub(crate) encryption: Option<Turn>,
    /// When a key was named within the last day, in milliseconds since 1970.
    #[serde(default)]
    pub(crate) sealed: Vec<i64>,
    /// When encryption was stopped within the last day, likewise.
    #[serde(default)]
    pub(crate) unsealed: Vec<i64>,
    pub(crate) tags: Vec<(String, String)>,
    /// As it was given.
    pub(crate) policy: Option<String>,
    /// The same, with the unique ids of the users and roles that it names: what decides.
    #[serde(default)]
    pub(crate) bound_policy: Option<String>,
    /// The metrics that each shard has of its own.
    pub(crate) metrics: Vec<String>,
}

impl Definition {
    /// A new stream of so many shards.
    pub(crate) fn new(contents: u64, shards: u32, on_demand: bool, now: i64) -> Self {
        // AWS gives shards a time that is a little before the request.
        let created = now.div_euclid(1000) - 3;
        let shard = |(number, range): (u32, Range)| Shard {
            number,
            parent: None,
            adjacent: None,
            range,
            created,
            closed: None,
        };
        Self {
            contents,
            created: now,
            deleting: false,
            on_demand,
            hours: HOURS,
            shards: (0..).zip(Range::divide(shards)).map(shard).collect(),
            reshape: None,
            scaled: Vec::new(),
            switched: Vec::new(),
            encryption: None,
            sealed: Vec::new(),
            unsealed: Vec::new(),
            tags: Vec::new(),
            policy: None,
            bound_policy: None,
            metrics: Vec::new(),
        }
    }

    /// Where the stream stands.
    pub(crate) fn status(&self, now: i64) -> StreamStatus {
        if self.deleting {
            StreamStatus::Deleting
        } else if now < self.created.saturating_add(CREATING) {
            StreamStatus::Creating
        } else if self.reshape.is_some() || self.is_turning(now) {
            StreamStatus::Updating
        } else {
            StreamStatus::Active
        }
    }

    /// Lets this become of the shards soon.
    pub(crate) fn begin(&mut self, reshape: Reshape, now: i64) {
        self.reshape = Some((reshape, now.saturating_add(UPDATING)));
    }

    /// Lets records be sealed under this key soon, or under none.
    pub(crate) fn turn(&mut self, key: Option<StreamKey>, now: i64) {
        let before = self.key(now).cloned();
        self.encryption = Some(Turn { before, after: key, at: now.saturating_add(UPDATING) });
    }

    /// The key that records are sealed under.
    pub(crate) fn key(&self, now: i64) -> Option<&StreamKey> {
        self.encryption.as_ref().and_then(|turn| turn.key(now))
    }

    fn is_turning(&self, now: i64) -> bool {
        self.encryption.as_ref().is_some_and(|turn| now < turn.at)
    }

    /// Whether records can be put and read.
    pub(crate) fn is_usable(&self, now: i64) -> bool {
        matches!(self.status(now), StreamStatus::Active | StreamStatus::Updating)
    }

    /// How the capacity is decided.
    pub(crate) fn mode(&self) -> StreamMode {
        if self.on_demand { StreamMode::OnDemand } else { StreamMode::Provisioned }
    }

    /// For how long records are kept, in milliseconds.
    pub(crate) fn kept(&self) -> i64 {
        i64::from(self.hours) * HOUR
    }

    /// The shards that may still hold something; none while the stream is being created.
    pub(crate) fn seen(&self, now: i64) -> impl Iterator<Item = &Shard> {
        let made = self.status(now) != StreamStatus::Creating;
        let kept = self.kept();
        self.shards.iter().filter(move |shard| made && shard.is_kept(kept, now))
    }

    /// The shards that take records.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Shard> {
        self.shards.iter().filter(|shard| shard.is_open())
    }

    /// How many shards take records.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.open().count()).unwrap_or(u32::MAX)
    }

    /// The shard of this number.
    pub(crate) fn shard(&self, number: u32) -> Option<&Shard> {
        let found = self.shards.binary_search_by_key(&number, |shard| shard.number).ok()?;
        self.shards.get(found)
    }

    /// The shards that were made of this one.
    pub(crate) fn children(&self, of: u32) -> impl Iterator<Item = &Shard> {
        self.shards.iter().filter(move |shard| shard.descends(of))
    }
}

/// A consumer that is registered with a stream.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Consumer {
    /// In milliseconds since 1970; its ARN says it in seconds.
    pub(crate) created: i64,
    pub(crate) tags: Vec<(String, String)>,
    /// As it was given.
    pub(crate) policy: Option<String>,
    /// The same, with the unique ids of the users and roles that it names: what decides.
    #[serde(default)]
    pub(crate) bound_policy: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_created_then_active_then_updating_or_deleting() {
        let mut stream = Definition::new(1, 2, false, 10_000_000);
        assert_eq!(stream.status(10_000_000), StreamStatus::Creating);
        assert_eq!(stream.seen(10_000_000).count(), 0);
        assert_eq!(stream.status(10_000_500), StreamStatus::Active);
        assert_eq!((stream.seen(10_000_500).count(), stream.count()), (2, 2));
        stream.begin(Reshape::Count(1), 10_000_500);
        assert_eq!(stream.status(10_000_500), StreamStatus::Updating);
        assert!(stream.is_usable(10_000_500));
        stream.deleting = true;
        assert_eq!(stream.status(10_000_500), StreamStatus::Deleting);
        assert!(!stream.is_usable(10_000_500));
    }

    #[test]
    fn a_key_holds_once_the_stream_is_active_again() {
        let named = |key: &StreamKey| key.named.clone();
        let key = |name: &str| Some(StreamKey { named: name.into(), arn: name.into() });
        let mut stream = Definition::new(1, 1, false, 0);
        assert_eq!(stream.key(1000), None);
        stream.turn(key("a"), 1000);
        assert_eq!((stream.status(1499), stream.key(1499)), (StreamStatus::Updating, None));
        assert!(stream.is_usable(1499));
        let seen = |stream: &Definition, now| (stream.status(now), stream.key(now).map(named));
        assert_eq!(seen(&stream, 1500), (StreamStatus::Active, Some("a".into())));
        stream.turn(key("b"), 2000);
        assert_eq!(seen(&stream, 2499), (StreamStatus::Updating, Some("a".into())));
        assert_eq!(seen(&stream, 2500), (StreamStatus::Active, Some("b".into())));
        stream.turn(None, 3000);
        assert_eq!(seen(&stream, 3499), (StreamStatus::Updating, Some("b".into())));
        assert_eq!(seen(&stream, 3500), (StreamStatus::Active, None));
    }

    #[test]
    fn closed_shards_are_seen_as_long_as_records_are_kept() {
        let mut stream = Definition::new(1, 2, false, 0);
        stream.shards[0].closed = Some(1000);
        let kept = stream.kept();
        assert_eq!(kept, 24 * 60 * 60 * 1000);
        assert_eq!(stream.seen(kept + 999).count(), 2);
        assert_eq!(stream.seen(kept + 1000).count(), 1);
        assert_eq!(stream.shard(1).map(|shard| shard.number), Some(1));
    }

    #[test]
    fn definitions_come_back_from_the_store() {
        let stream = Definition::new(7, 3, true, 5000);
        let stored = serde_json::to_vec(&stream).unwrap();
        let found: Definition = serde_json::from_slice(&stored).unwrap();
        assert_eq!((found.shards, found.contents, found.hours), (stream.shards, 7, 24));
    }
}
