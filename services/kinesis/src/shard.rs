//! Shards: a stream's hash keys, divided; each part with what came of it.
//!
//! Source: Kinesis API Reference, `Shard`; Developer Guide, "Resharding a stream".

use std::fmt;

use md5::{Digest as _, Md5};
use serde::{Deserialize, Serialize};

/// A shard of a stream. Its number never belongs to another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shard {
    pub(crate) number: u32,
    pub(crate) parent: Option<u32>,
    /// The other parent of one that was merged.
    pub(crate) adjacent: Option<u32>,
    /// The hash keys that belong to it.
    pub(crate) range: Range,
    /// When it was opened, in seconds since 1970, as its sequence numbers say it.
    pub(crate) created: i64,
    /// Since when it takes no records, in milliseconds since 1970.
    pub(crate) closed: Option<i64>,
}

impl Shard {
    /// Whether it takes records.
    pub(crate) fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    /// Whether it may still hold records that are kept for so long, in milliseconds.
    pub(crate) fn is_kept(&self, kept: i64, now: i64) -> bool {
        self.closed.is_none_or(|closed| closed.saturating_add(kept) > now)
    }

    /// Whether another one is its parent.
    pub(crate) fn descends(&self, from: u32) -> bool {
        self.parent == Some(from) || self.adjacent == Some(from)
    }

    /// The shards that it was made of.
    pub(crate) fn parents(&self) -> impl Iterator<Item = u32> {
        self.parent.into_iter().chain(self.adjacent)
    }
}

/// Hash keys from one to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) first: u128,
    pub(crate) last: u128,
}

impl Range {
    /// All there are.
    #[cfg(test)]
    pub(crate) const ALL: Self = Self { first: 0, last: u128::MAX };

    pub(crate) fn contains(self, key: u128) -> bool {
        (self.first..=self.last).contains(&key)
    }

    /// So many parts of all hash keys, as alike as can be: the last one has what is left over.
    pub(crate) fn divide(parts: u32) -> Vec<Self> {
        let parts = u128::from(parts.max(1));
        // 2^128 does not fit: it is one more than the greatest number.
        let size = if parts == 1 { u128::MAX } else { u128::MAX / parts + whole(parts) };
        let first = |at: u128| size.saturating_mul(at);
        let last = |at: u128| if at + 1 == parts { u128::MAX } else { first(at + 1).saturating_sub(1) };
        (0..parts).map(|at| Self { first: first(at), last: last(at) }).collect()
    }
}

/// What is to be added where 2^128 is divided without rest and its predecessor was not.
fn whole(parts: u128) -> u128 {
    u128::from(u128::MAX % parts == parts - 1)
}

/// Two texts: JSON numbers of that size are not for everyone.
impl Serialize for Range {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (format!("{:x}", self.first), format!("{:x}", self.last)).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Range {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (first, last) = <(String, String)>::deserialize(deserializer)?;
        let read = |text: &str| u128::from_str_radix(text, 16).map_err(serde::de::Error::custom);
        Ok(Self { first: read(&first)?, last: read(&last)? })
    }
}

/// The hash key of a partition key.
pub(crate) fn hash(partition_key: &str) -> u128 {
    u128::from_be_bytes(Md5::digest(partition_key.as_bytes()).into())
}

/// A shard's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ShardId(pub(crate) u32);

impl fmt::Display for ShardId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "shardId-{:012}", self.0)
    }
}

impl ShardId {
    /// The greatest number of a shard.
    const MOST: u32 = i32::MAX.unsigned_abs();

    /// The shard of a name. Only the number counts, with or without anything before it.
    ///
    /// Source: Kinesis replies to such names.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let first = parts.next()?;
        let number = parts.next().filter(|second| !second.is_empty()).unwrap_or(first);
        let digits = number.bytes().all(|byte| byte.is_ascii_digit()) && !number.is_empty();
        let number = number.parse().ok().filter(|number| digits && *number <= Self::MOST)?;
        Some(Self(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_hash_keys_are_divided_as_aws_does() {
        let three = Range::divide(3);
        let third = 113_427_455_640_312_821_154_458_202_477_256_070_484;
        assert_eq!(three[0], Range { first: 0, last: third });
        assert_eq!(
            three[1],
            Range { first: third + 1, last: 226_854_911_280_625_642_308_916_404_954_512_140_969 }
        );
        assert_eq!(three[2].last, u128::MAX);
        assert_eq!(Range::divide(1), [Range::ALL]);
        assert_eq!(Range::divide(2)[1].first, 1 << 127);
        for parts in [1, 2, 3, 4, 7, 500] {
            let all = Range::divide(parts);
            assert_eq!((all.len(), all[0].first, all[all.len() - 1].last), (parts as usize, 0, u128::MAX));
            assert!(all.windows(2).all(|two| two[0].last + 1 == two[1].first));
        }
    }

    #[test]
    fn partition_keys_have_the_hash_keys_of_aws() {
        // Of three shards, "a" goes to the first, "b" to the second, "e" to the third.
        let shard = |key| Range::divide(3).iter().position(|range| range.contains(hash(key)));
        assert_eq!((shard("a"), shard("b"), shard("e"), shard("f")), (Some(0), Some(1), Some(2), Some(1)));
    }

    #[test]
    fn a_shard_is_named_by_its_number() {
        for (text, number) in [
            ("shardId-000000000005", Some(5)),
            ("shardId-5", Some(5)),
            ("0", Some(0)),
            ("anything-7", Some(7)),
            ("-00002147483647", Some(2_147_483_647)),
            ("2147483648", None),
            ("shardId-002147483648", None),
            ("ABKLFD8", None),
            ("2.14E4", None),
            ("", None),
        ] {
            assert_eq!(ShardId::parse(text).map(|id| id.0), number, "{text}");
        }
        assert_eq!(ShardId(5).to_string(), "shardId-000000000005");
    }

    #[test]
    fn ranges_are_stored_whole() {
        let range = Range { first: 7, last: u128::MAX };
        let stored = serde_json::to_string(&range).unwrap();
        assert_eq!(serde_json::from_str::<Range>(&stored).unwrap(), range);
    }
}
