//! Ids of events: when each happened and where it lies. They sort by time, and then as events came in.

use std::fmt;

use kurodo_store::{Place, Version};

/// An event's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct EventId(u128);

const TIME: u32 = 80;
const VERSION: u32 = 32;
const CHANGE: u32 = 16;
/// The bits of times and of versions.
const WIDE: u128 = (1 << 48) - 1;
/// The bits of changes and of indexes.
const NARROW: u128 = (1 << 16) - 1;

impl EventId {
    /// The event of this index in the block whose head has this place.
    pub(crate) fn new(time: i64, head: Place, index: usize) -> Self {
        let version = u128::from(head.version.number()) & WIDE;
        let index = u128::try_from(index).unwrap_or(NARROW) & NARROW;
        let rest = (version << VERSION) | ((u128::from(head.change) & NARROW) << CHANGE) | index;
        Self(Self::before(time).0 | rest)
    }

    /// What sorts before all events of this time.
    pub(crate) fn before(time: i64) -> Self {
        Self(u128::from(time.max(0).unsigned_abs()).min(WIDE) << TIME)
    }

    /// When the event happened, in milliseconds since 1970.
    pub(crate) fn time(self) -> i64 {
        i64::try_from(self.0 >> TIME).unwrap_or(i64::MAX)
    }

    /// The place of the head of its block.
    pub(crate) fn head(self) -> Place {
        let version = u64::try_from((self.0 >> VERSION) & WIDE).unwrap_or_default();
        let change = u32::try_from((self.0 >> CHANGE) & NARROW).unwrap_or_default();
        Place { version: Version::from_number(version), change }
    }

    /// Its index in the block.
    pub(crate) fn index(self) -> usize {
        usize::try_from(self.0 & NARROW).unwrap_or_default()
    }

    /// The id behind it, whether or not there is such an event.
    pub(crate) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The id before it, whether or not there is such an event.
    pub(crate) fn previous(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// An id that sorts the other way round.
    pub(crate) fn reversed(self) -> Self {
        Self(u128::MAX - self.0)
    }

    /// The id of these digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 56 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits).map(Self)
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:056}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_then_place_and_come_back() {
        let place = |version, change| Place { version: Version::from_number(version), change };
        let ids = [
            EventId::before(7),
            EventId::new(7, place(1, 0), 0),
            EventId::new(7, place(1, 0), 9_999),
            EventId::new(7, place(1, 2), 0),
            EventId::new(7, place(9, 0), 0),
            EventId::new(8, place(1, 0), 0),
        ];
        assert!(ids.is_sorted());
        for id in ids {
            assert_eq!(EventId::parse(&id.to_string()), Some(id));
        }
        let id = EventId::new(1_700_000_000_123, place(1 << 40, 600), 77);
        assert_eq!((id.time(), id.head(), id.index()), (1_700_000_000_123, place(1 << 40, 600), 77));
        assert!(
            EventId::before(1 << 48) > EventId::before(1 << 47) && EventId::before(-1) == EventId::before(0)
        );
        assert_eq!(EventId::parse("7"), None);
    }
}
