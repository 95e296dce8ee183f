/// How coarse data are kept.
///
/// Source: CloudWatch User Guide, "Metrics retention".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Tier {
    /// By the second, for 3 hours: what was put in high resolution.
    Second,
    /// By the minute, for 15 days.
    Minute,
    /// By five minutes, for 63 days.
    FiveMinutes,
    /// By the hour, for 455 days.
    Hour,
}

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// How long data are kept at all, in seconds.
pub(crate) const KEPT: i64 = 455 * DAY;

impl Tier {
    /// All of them, the finest first.
    pub(crate) const ALL: [Self; 4] = [Self::Second, Self::Minute, Self::FiveMinutes, Self::Hour];

    /// Seconds that are kept together.
    pub(crate) fn seconds(self) -> i64 {
        match self {
            Self::Second => 1,
            Self::Minute => 60,
            Self::FiveMinutes => 300,
            Self::Hour => HOUR,
        }
    }

    /// How old data of this tier grow, in seconds.
    pub(crate) fn age(self) -> i64 {
        match self {
            Self::Second => 3 * HOUR,
            Self::Minute => 15 * DAY,
            Self::FiveMinutes => 63 * DAY,
            Self::Hour => KEPT,
        }
    }

    /// The tier of data of this time, that was put by this tier.
    pub(crate) fn at(self, time: i64, now: i64) -> Self {
        let fit = Self::ALL.into_iter().find(|tier| now - time <= tier.age()).unwrap_or(Self::Hour);
        self.max(fit)
    }

    /// The next coarser one.
    pub(crate) fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| *tier > self)
    }

    /// When what is kept together with this second begins.
    pub(crate) fn start(self, time: i64) -> i64 {
        time - time.rem_euclid(self.seconds())
    }

    /// Its mark in keys.
    pub(crate) fn byte(self) -> u8 {
        match self {
            Self::Second => 0,
            Self::Minute => 1,
            Self::FiveMinutes => 2,
            Self::Hour => 3,
        }
    }

    /// The tier of this mark.
    pub(crate) fn of_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.byte() == byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_decides_how_coarse_data_are() {
        let now = 1_000 * DAY;
        for (put, age, tier) in [
            (Tier::Second, 0, Tier::Second),
            (Tier::Second, 3 * HOUR, Tier::Second),
            (Tier::Second, 3 * HOUR + 1, Tier::Minute),
            (Tier::Minute, 0, Tier::Minute),
            (Tier::Minute, -7200, Tier::Minute),
            (Tier::Minute, 15 * DAY + 1, Tier::FiveMinutes),
            (Tier::Second, 64 * DAY, Tier::Hour),
        ] {
            assert_eq!(put.at(now - age, now), tier, "{age}");
        }
        assert_eq!(Tier::FiveMinutes.start(599), 300);
    }
}
