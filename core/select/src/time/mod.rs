//! Points in time: with an offset, to the precision that they were given in.
//!
//! Source: W3C, "Date and Time Formats"; Amazon S3 User Guide, "Data types" and "Date functions".

mod parts;
mod pattern;
mod text;

use std::cmp::Ordering;

use jiff::civil::DateTime;

/// A timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// The time where it was taken.
    pub(crate) local: DateTime,
    /// Minutes that the place is ahead of UTC; `None` where that is not known.
    pub(crate) offset: Option<i32>,
    pub(crate) precision: Precision,
}

/// The smallest part that a timestamp has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Precision {
    Year,
    Month,
    Day,
    Minute,
    Second,
    /// Digits of a fraction of a second.
    Fraction(u8),
}

impl Stamp {
    /// Milliseconds since 1970, as UTC shows them. `None` far outside of the calendar.
    pub(crate) fn from_millis(millis: i64) -> Option<Self> {
        let local =
            jiff::Timestamp::from_millisecond(millis).ok()?.to_zoned(jiff::tz::TimeZone::UTC).datetime();
        Some(Self { local, offset: Some(0), precision: Precision::Fraction(3) })
    }

    /// A day, counted from 1970-01-01. `None` far outside of the calendar.
    pub(crate) fn of_day(day: i32) -> Option<Self> {
        let date = jiff::civil::Date::constant(1970, 1, 1);
        let date = date.checked_add(jiff::Span::new().try_days(day).ok()?).ok()?;
        Some(Self {
            local: date.to_datetime(jiff::civil::Time::midnight()),
            offset: None,
            precision: Precision::Day,
        })
    }

    /// Nanoseconds since 1970, with so many digits of the second: in UTC, or where that is not known. `None` far outside of
    /// the calendar.
    pub(crate) fn from_nanos(nanos: i128, digits: u8, utc: bool) -> Option<Self> {
        let at = jiff::Timestamp::from_nanosecond(nanos).ok()?;
        let local = at.to_zoned(jiff::tz::TimeZone::UTC).datetime();
        Some(Self { local, offset: utc.then_some(0), precision: Precision::Fraction(digits) })
    }

    /// The time in UTC, in seconds since 1970 and nanoseconds.
    fn instant(&self) -> (i64, i32) {
        let day = self
            .local
            .date()
            .since(jiff::civil::Date::constant(1970, 1, 1))
            .map_or(0, |span| span.get_days());
        let clock = i64::from(self.local.hour()) * 3600 + i64::from(self.local.minute()) * 60;
        let second = clock + i64::from(self.local.second()) - i64::from(self.offset.unwrap_or(0)) * 60;
        (i64::from(day) * 86_400 + second, self.local.subsec_nanosecond())
    }

    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        self.instant().cmp(&other.instant())
    }
}
