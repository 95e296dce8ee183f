use kurodo_store::Key;
use serde::{Deserialize, Serialize};

use crate::layout::{self, Past};

/// Milliseconds of a second.
const SECOND: i64 = 1000;
/// Milliseconds of a day.
const DAY: i64 = 24 * 3600 * SECOND;

/// What of a table's past is kept, and for whom.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct History {
    /// How many backups are of these items.
    pub(crate) backups: u64,
    /// Recovery to a point in time, where it is enabled.
    pub(crate) continuous: Option<Continuous>,
    /// Restores that read these items.
    pub(crate) restores: Vec<Restore>,
    /// Whether the table itself is deleted.
    pub(crate) gone: bool,
}

/// Recovery to a point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Continuous {
    /// From when on there is something to recover, in milliseconds since 1970; a whole second.
    pub(crate) since: i64,
    /// For how many days.
    pub(crate) days: i32,
}

/// A restore or an export under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Restore {
    /// The id of the new table, or of the export.
    pub(crate) table: String,
    /// The id of the backup; none where it is of a point in time.
    pub(crate) backup: Option<String>,
    /// The point in time, in milliseconds since 1970.
    pub(crate) at: i64,
}

impl Continuous {
    /// Enabled now. It begins with the second after the next one begins: writes that were on their way when it was
    /// enabled are through by then.
    pub(crate) fn new(now: i64, days: i32) -> Self {
        Self { since: (now / SECOND + 2) * SECOND, days }
    }

    /// The first time to recover to, in milliseconds since 1970; a whole second.
    pub(crate) fn earliest(&self, now: i64) -> i64 {
        let kept = now - i64::from(self.days) * DAY;
        self.since.max((kept / SECOND + 1) * SECOND)
    }

    /// The last time to recover to, in milliseconds since 1970: the last second but one that is over.
    pub(crate) fn latest(&self, now: i64) -> i64 {
        self.earliest(now).max((now / SECOND - 1) * SECOND)
    }
}

impl History {
    /// Whether what items were is kept for recovery to points in time.
    pub(crate) fn journals(&self) -> bool {
        self.continuous.is_some() || self.is_read()
    }

    /// Whether a restore or an export reads what items were at a point in time.
    pub(crate) fn is_read(&self) -> bool {
        self.restores.iter().any(|restore| restore.backup.is_none())
    }

    /// Whether anybody needs the items though their table is gone.
    pub(crate) fn is_held(&self) -> bool {
        self.backups > 0 || !self.restores.is_empty()
    }

    /// Whether there is nothing to tell.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The first day that is still needed for recovery, counted from 1970.
    pub(crate) fn first_day(&self, now: i64) -> u32 {
        let window = self.continuous.map(|continuous| continuous.earliest(now));
        let restores = self.restores.iter().filter(|one| one.backup.is_none()).map(|one| one.at);
        restores.chain(window).min().map_or(u32::MAX, day)
    }

    /// The prefixes of records that nobody needs any more; what this is read from comes last.
    pub(crate) fn unneeded(&self) -> Vec<Key> {
        let mut all = Vec::new();
        if self.gone {
            all.extend(layout::lone());
        }
        if self.backups == 0 {
            all.push(Past::Kept.all());
        }
        if !self.journals() {
            all.push(Past::journal());
        }
        if self.gone && !self.is_held() {
            all.extend(layout::rest());
        }
        all
    }
}

/// The day of a time in milliseconds since 1970, counted from then.
pub(crate) fn day(ms: i64) -> u32 {
    u32::try_from(ms.div_euclid(DAY)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000_123;

    #[test]
    fn recovery_begins_after_it_was_enabled_and_reaches_back_so_many_days() {
        let continuous = Continuous::new(NOW, 2);
        assert_eq!(continuous.earliest(NOW), 1_700_000_002_000);
        assert_eq!(continuous.latest(NOW), continuous.earliest(NOW));
        assert_eq!(continuous.latest(NOW + 10_000), 1_700_000_009_000);
        let later = NOW + 30 * DAY;
        assert!(later - continuous.earliest(later) <= 2 * DAY);
        assert!(later - continuous.earliest(later) > 2 * DAY - SECOND);
    }

    #[test]
    fn a_restore_under_way_keeps_what_it_reads() {
        let restore =
            |backup: Option<&str>, at| Restore { table: "t".into(), backup: backup.map(Into::into), at };
        let mut history = History { gone: true, ..History::default() };
        assert!(history.unneeded().contains(&Past::journal()));
        assert_eq!(history.first_day(NOW), u32::MAX);
        history.restores = vec![restore(None, 3 * DAY), restore(Some("b"), DAY)];
        assert!(history.journals() && history.is_held());
        assert!(!history.unneeded().contains(&Past::journal()));
        assert_eq!(history.first_day(NOW), 3);
    }
}
