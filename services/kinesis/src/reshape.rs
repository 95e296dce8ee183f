//! Shards are closed, and others opened in their places.
//!
//! All of it is one change of the stream's definition, and whoever puts a record relies on the definition: no record
//! comes to a shard after it was closed, nor to a child before. Reading a shard to its end and then its children gives
//! the records of each partition key in the order in which they were put.
//!
//! Source: Kinesis Developer Guide, "Resharding a stream"; API Reference, UpdateShardCount.

use serde::{Deserialize, Serialize};

use crate::{
    definition::Definition,
    shard::{Range, Shard},
};

/// What is to become of a stream's shards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Reshape {
    /// One is divided: the upper part begins with this hash key, in hexadecimal.
    Split { shard: u32, at: String },
    /// One and the next become one.
    Merge { shard: u32, adjacent: u32 },
    /// There are to be so many, alike.
    Count(u32),
}

impl Reshape {
    /// A split.
    pub(crate) fn split(shard: u32, at: u128) -> Self {
        Self::Split { shard, at: format!("{at:x}") }
    }

    /// Does it.
    pub(crate) fn apply(&self, definition: &mut Definition, now: i64) {
        let mut shards = Shards::of(definition, now);
        match self {
            Self::Split { shard, at } => {
                let at = u128::from_str_radix(at, 16).unwrap_or_default();
                shards.split(*shard, at);
            }
            Self::Merge { shard, adjacent } => _ = shards.merge(*shard, *adjacent),
            Self::Count(count) => shards.even(*count),
        }
        definition.shards = shards.all;
    }
}

/// Shards on their way from one state to the next.
struct Shards {
    all: Vec<Shard>,
    now: i64,
    next: u32,
}

impl Shards {
    fn of(definition: &Definition, now: i64) -> Self {
        let next = definition.shards.last().map_or(0, |shard| shard.number.saturating_add(1));
        Self { all: definition.shards.clone(), now, next }
    }

    /// Closes a shard, and gives what it had; nothing where it was not open.
    fn close(&mut self, number: u32) -> Option<Range> {
        let now = self.now;
        let shard = self.all.iter_mut().find(|shard| shard.number == number && shard.is_open())?;
        shard.closed = Some(now);
        Some(shard.range)
    }

    /// Opens a shard a second later than its parents were closed, as its sequence numbers say it.
    fn open(&mut self, range: Range, parent: u32, adjacent: Option<u32>) -> u32 {
        let number = self.next;
        let created = self.now.div_euclid(1000) + 1;
        self.all.push(Shard { number, parent: Some(parent), adjacent, range, created, closed: None });
        self.next += 1;
        number
    }

    /// Both parts, the lower one first.
    fn split(&mut self, number: u32, at: u128) -> Option<(u32, u32)> {
        let range = self.close(number)?;
        let lower = self.open(Range { last: at.saturating_sub(1), ..range }, number, None);
        let upper = self.open(Range { first: at, ..range }, number, None);
        Some((lower, upper))
    }

    fn merge(&mut self, number: u32, adjacent: u32) -> Option<u32> {
        let (lower, upper) = (self.close(number)?, self.close(adjacent)?);
        Some(self.open(Range { first: lower.first, last: upper.last }, number, Some(adjacent)))
    }

    /// As AWS does it: what lies across a border of the new shards is split there, and then what lies within one of
    /// them is merged. Shards in between are closed in the moment in which they are opened.
    fn even(&mut self, count: u32) {
        for target in Range::divide(count) {
            let Some(mut made) = self.cut(target.first) else { continue };
            while let Some(range) = self.range(made).filter(|range| range.last < target.last) {
                let Some(next) = self.cut(range.last + 1) else { break };
                if self.range(next).is_some_and(|range| range.last > target.last) {
                    self.cut(target.last + 1);
                }
                let Some(next) = self.cut(range.last + 1) else { break };
                let Some(merged) = self.merge(made, next) else { break };
                made = merged;
            }
            if self.range(made).is_some_and(|range| range.last > target.last) {
                self.cut(target.last + 1);
            }
        }
    }

    /// The open shard that begins with a hash key, which is made where there is none.
    fn cut(&mut self, at: u128) -> Option<u32> {
        let found = self.all.iter().find(|shard| shard.is_open() && shard.range.contains(at))?;
        if found.range.first == at {
            return Some(found.number);
        }
        self.split(found.number, at).map(|(_, upper)| upper)
    }

    fn range(&self, number: u32) -> Option<Range> {
        self.all.iter().find(|shard| shard.number == number).map(|shard| shard.range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(shards: u32) -> Definition {
        Definition::new(1, shards, false, 1_000_000)
    }

    fn open(stream: &Definition) -> Vec<Range> {
        let mut open: Vec<_> = stream.open().map(|shard| shard.range).collect();
        open.sort_by_key(|range| range.first);
        open
    }

    /// Every open hash key once; numbers in order; children cover just what their parents had.
    fn check(stream: &Definition) {
        let open = open(stream);
        assert_eq!((open[0].first, open[open.len() - 1].last), (0, u128::MAX));
        assert!(open.windows(2).all(|two| two[0].last + 1 == two[1].first));
        assert!(stream.shards.windows(2).all(|two| two[0].number + 1 == two[1].number));
        for shard in stream.shards.iter().filter(|shard| shard.parent.is_some()) {
            for parent in shard.parents() {
                let parent = stream.shard(parent).unwrap();
                assert!(!parent.is_open() && shard.created > parent.closed.unwrap() / 1000);
                assert!(shard.range.contains(parent.range.first) || parent.range.contains(shard.range.first));
            }
        }
        for shard in stream.shards.iter().filter(|shard| !shard.is_open()) {
            assert!((1..=2).contains(&stream.children(shard.number).count()), "{}", shard.number);
        }
    }

    #[test]
    fn a_shard_is_split_and_both_parts_are_merged() {
        let mut stream = stream(1);
        Reshape::split(0, 2).apply(&mut stream, 5_000_000);
        check(&stream);
        assert_eq!(open(&stream), [Range { first: 0, last: 1 }, Range { first: 2, last: u128::MAX }]);
        Reshape::Merge { shard: 1, adjacent: 2 }.apply(&mut stream, 6_000_000);
        check(&stream);
        assert_eq!((open(&stream), stream.shards.len()), (vec![Range::ALL], 4));
        assert_eq!((stream.shards[3].parent, stream.shards[3].adjacent), (Some(1), Some(2)));
    }

    #[test]
    fn any_number_of_shards_is_reached_from_any() {
        for from in 1..8 {
            for to in 1..12 {
                let mut stream = stream(from);
                Reshape::Count(to).apply(&mut stream, 5_000_000);
                check(&stream);
                assert_eq!(open(&stream), Range::divide(to), "{from} to {to}");
            }
        }
    }

    #[test]
    fn twice_as_many_are_made_without_detours() {
        let mut stream = stream(2);
        Reshape::Count(4).apply(&mut stream, 5_000_000);
        assert_eq!(stream.shards.len(), 6);
        Reshape::Count(2).apply(&mut stream, 6_000_000);
        check(&stream);
        assert_eq!(stream.shards.len(), 8);
    }
}
