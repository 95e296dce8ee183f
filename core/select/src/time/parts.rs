use jiff::{Span, ToSpan as _, civil::DateTime};

use super::{Precision, Stamp};
use crate::{SelectError, decimal::Decimal, sql::DatePart, value::Value};

impl Stamp {
    /// A later or earlier time; it is as precise as the part at least.
    pub(crate) fn add(self, part: DatePart, count: i64) -> Result<Self, SelectError> {
        let (span, precision) = match part {
            DatePart::Year => (Span::new().try_years(count), Precision::Year),
            DatePart::Month => (Span::new().try_months(count), Precision::Month),
            DatePart::Day => (Span::new().try_days(count), Precision::Day),
            DatePart::Hour => (Span::new().try_hours(count), Precision::Minute),
            DatePart::Minute => (Span::new().try_minutes(count), Precision::Minute),
            _ => (Span::new().try_seconds(count), Precision::Second),
        };
        let local = span.and_then(|span| self.local.checked_add(span));
        let local = local.map_err(|_| SelectError::IllegalSqlFunctionArgument)?;
        Ok(Self { local, precision: self.precision.max(precision), ..self })
    }

    /// How many whole parts later the other is.
    pub(crate) fn until(&self, other: &Self, part: DatePart) -> i64 {
        let seconds = || {
            let ((from, from_nanos), (to, to_nanos)) = (self.instant(), other.instant());
            let late =
                i64::from(to > from && to_nanos < from_nanos) - i64::from(to < from && to_nanos > from_nanos);
            to - from - late
        };
        match part {
            DatePart::Year => self.months_until(other) / 12,
            DatePart::Month => self.months_until(other),
            DatePart::Day => seconds() / 86_400,
            DatePart::Hour => seconds() / 3600,
            DatePart::Minute => seconds() / 60,
            _ => seconds(),
        }
    }

    /// Whole months between both, in UTC.
    fn months_until(&self, other: &Self) -> i64 {
        let (from, to) = (self.utc(), other.utc());
        let months = |at: DateTime| i64::from(at.year()) * 12 + i64::from(at.month());
        let rest = |at: DateTime| (at.day(), at.time());
        let between = months(to) - months(from);
        match between {
            0 => 0,
            1.. => between - i64::from(rest(to) < rest(from)),
            _ => between + i64::from(rest(to) > rest(from)),
        }
    }

    fn utc(&self) -> DateTime {
        let minutes = i64::from(self.offset.unwrap_or(0));
        self.local.checked_sub(minutes.minutes()).unwrap_or(self.local)
    }

    /// A part of it; what it does not have is the first.
    pub(crate) fn part(&self, part: DatePart) -> Value<'static> {
        let number = |number: i8| Value::Int(number.into());
        let at = &self.local;
        match part {
            DatePart::Year => Value::Int(at.year().into()),
            DatePart::Month => number(at.month()),
            DatePart::Day => number(at.day()),
            DatePart::Hour => number(at.hour()),
            DatePart::Minute => number(at.minute()),
            DatePart::Second => self.second(),
            DatePart::TimezoneHour => {
                self.offset.map_or(Value::Null, |minutes| Value::Int((minutes / 60).into()))
            }
            DatePart::TimezoneMinute => {
                self.offset.map_or(Value::Null, |minutes| Value::Int((minutes % 60).into()))
            }
        }
    }

    /// Seconds, with their fraction where there is one.
    fn second(&self) -> Value<'static> {
        let whole = i64::from(self.local.second());
        let Precision::Fraction(digits) = self.precision else { return Value::Int(whole) };
        let nanos = i64::from(self.local.subsec_nanosecond());
        let number = Decimal::new((whole * 1_000_000_000 + nanos).into(), 9);
        Value::Decimal(number.with_scale(i64::from(digits)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(text: &str) -> Stamp {
        Stamp::parse(text).unwrap()
    }

    /// The examples of the reference.
    #[test]
    fn times_are_added_to() {
        for (part, count, from, to) in [
            (DatePart::Year, 5, "2010-01-01T", "2015-01-01"),
            (DatePart::Month, 1, "2010T", "2010-02T"),
            (DatePart::Month, 13, "2010T", "2011-02T"),
            (DatePart::Day, -1, "2017-01-10T", "2017-01-09"),
            (DatePart::Hour, 1, "2017T", "2017-01-01T01:00-00:00"),
            (DatePart::Hour, 1, "2017-01-02T03:04Z", "2017-01-02T04:04Z"),
            (DatePart::Minute, 1, "2017-01-02T03:04:05.006Z", "2017-01-02T03:05:05.006Z"),
            (DatePart::Second, 1, "2017-01-02T03:04:05.006Z", "2017-01-02T03:04:06.006Z"),
        ] {
            assert_eq!(stamp(from).add(part, count).unwrap().to_string(), to);
        }
        assert!(stamp("2017T").add(DatePart::Year, i64::MAX).is_err());
        assert!(stamp("2017T").add(DatePart::Day, 1_000_000_000).is_err());
    }

    #[test]
    fn only_whole_parts_count() {
        for (part, from, to, between) in [
            (DatePart::Year, "2010-01-01T", "2011-01-01T", 1),
            (DatePart::Month, "2010T", "2010-05T", 4),
            (DatePart::Month, "2010T", "2011T", 12),
            (DatePart::Month, "2011T", "2010T", -12),
            (DatePart::Month, "2010-01-31", "2010-02-28", 0),
            (DatePart::Day, "2010-01-01T23:00Z", "2010-01-02T01:00Z", 0),
            (DatePart::Hour, "2010-01-01T23:00Z", "2010-01-02T01:00+01:00", 1),
            (DatePart::Second, "2010-01-01T00:00:00.900Z", "2010-01-01T00:00:02.100Z", 1),
            (DatePart::Second, "2010-01-01T00:00:02.100Z", "2010-01-01T00:00:00.900Z", -1),
        ] {
            assert_eq!(stamp(from).until(&stamp(to), part), between, "{from} {to}");
        }
    }
}
