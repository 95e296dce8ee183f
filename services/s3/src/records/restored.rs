use super::codec::{Damaged, In, Out};
use crate::{
    lifecycle::midnight_after,
    model::{RestoreStatus, Tier},
    times,
};

/// The copy of an archived object that can be read for some days. It lies where the object does: what is kept is when it
/// can be read.
///
/// Source: S3 User Guide, "Working with archived objects", "Restoring an archived object".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Restored {
    pub(crate) speed: Speed,
    /// From when on it can be read, in milliseconds since 1970.
    pub(crate) ready_ms: i64,
    /// Until when, in milliseconds since 1970.
    pub(crate) ends_ms: i64,
}

/// How fast a copy is restored; what is faster is greater.
///
/// Source: S3 User Guide, "Understanding archive retrieval options".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Speed {
    Bulk = 0,
    Standard = 1,
    Expedited = 2,
}

/// How far a restoration has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    Ongoing,
    /// The copy can be read until then.
    Until(i64),
}

impl From<Tier> for Speed {
    fn from(word: Tier) -> Self {
        match word {
            Tier::Bulk => Self::Bulk,
            Tier::Standard => Self::Standard,
            Tier::Expedited => Self::Expedited,
        }
    }
}

impl Speed {
    /// The tier's name.
    pub(crate) fn word(self) -> Tier {
        match self {
            Self::Bulk => Tier::Bulk,
            Self::Standard => Tier::Standard,
            Self::Expedited => Tier::Expedited,
        }
    }
}

impl Restored {
    /// A copy that can be read from some time on, for so many days.
    pub(crate) fn new(speed: Speed, ready_ms: i64, days: i32) -> Self {
        Self { speed, ready_ms, ends_ms: midnight_after(ready_ms, days) }
    }

    /// How far it has come; `None` where it is over.
    pub(crate) fn progress(&self, now_ms: i64) -> Option<Progress> {
        match () {
            () if now_ms < self.ready_ms => Some(Progress::Ongoing),
            () if now_ms < self.ends_ms => Some(Progress::Until(self.ends_ms)),
            () => None,
        }
    }

    /// The header `x-amz-restore`.
    ///
    /// Source: S3 API Reference, `HeadObject`, "x-amz-restore".
    pub(crate) fn shown(&self, now_ms: i64) -> Option<String> {
        self.progress(now_ms).map(|progress| match progress {
            Progress::Ongoing => "ongoing-request=\"true\"".to_owned(),
            Progress::Until(ms) => {
                format!("ongoing-request=\"false\", expiry-date=\"{}\"", times::in_header(times::exact(ms)))
            }
        })
    }

    /// The same in lists.
    pub(crate) fn listed(&self, now_ms: i64) -> Option<RestoreStatus> {
        self.progress(now_ms).map(|progress| match progress {
            Progress::Ongoing => {
                RestoreStatus { is_restore_in_progress: Some(true), restore_expiry_date: None }
            }
            Progress::Until(ms) => RestoreStatus {
                is_restore_in_progress: Some(false),
                restore_expiry_date: Some(times::exact(ms)),
            },
        })
    }

    pub(super) fn write(&self, out: &mut Out) {
        out.u8(self.speed as u8).i64(self.ready_ms).i64(self.ends_ms);
    }

    pub(super) fn read(input: &mut In<'_>) -> Result<Self, Damaged> {
        let damaged = input.damaged();
        let speed = match input.u8()? {
            0 => Speed::Bulk,
            1 => Speed::Standard,
            2 => Speed::Expedited,
            _ => return Err(damaged),
        };
        Ok(Self { speed, ready_ms: input.i64()?, ends_ms: input.i64()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 60 * 60 * 1000;

    #[test]
    fn a_copy_is_there_from_when_it_is_ready_until_a_midnight() {
        let copy = Restored::new(Speed::Standard, 5, 1);
        assert_eq!(copy.progress(4), Some(Progress::Ongoing));
        assert_eq!(copy.progress(5), Some(Progress::Until(2 * DAY)));
        assert_eq!(copy.progress(2 * DAY), None);
        assert_eq!(copy.shown(0).unwrap(), "ongoing-request=\"true\"");
        let expected = "ongoing-request=\"false\", expiry-date=\"Sat, 03 Jan 1970 00:00:00 GMT\"";
        assert_eq!(copy.shown(5).unwrap(), expected);
        assert!(copy.listed(2 * DAY).is_none());
    }

    #[test]
    fn a_copy_is_read_as_it_is_written() {
        for speed in [Speed::Bulk, Speed::Standard, Speed::Expedited] {
            let copy = Restored::new(speed, 77, 3);
            let mut out = Out::with_capacity(32);
            copy.write(&mut out);
            let bytes = out.finish().into();
            assert_eq!(Restored::read(&mut In::new(&bytes, "copy")).unwrap(), copy);
        }
    }
}
