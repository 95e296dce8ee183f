//! Points in time: the ISO 8601 forms of the W3C's note, and seconds since 1970.
//!
//! Source: <https://www.w3.org/TR/NOTE-datetime>.

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::{Offset, TimeZone},
};

/// The point in time; a date alone means its first moment in UTC.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    if let Ok(seconds) = text.parse::<i64>()
        && text.len() != 4
    {
        return Timestamp::from_second(seconds).ok();
    }
    let (date, time) = match text.find(['T', 't']) {
        Some(at) => (text.get(..at)?, Some(text.get(at + 1..)?)),
        None => (text, None),
    };
    let date = parse_date(date)?;
    let (time, offset) = time.map_or(Some((Time::midnight(), Offset::UTC)), parse_time)?;
    date.to_datetime(time).to_zoned(TimeZone::fixed(offset)).ok().map(|zoned| zoned.timestamp())
}

/// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
fn parse_date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |text| digits(text, 2))?;
    let day = parts.next().map_or(Some(1), |text| digits(text, 2))?;
    parts.next().is_none().then_some(())?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// `hh:mm`, `hh:mm:ss` or `hh:mm:ss.s`, then `Z`, `+hh:mm`, `-hh:mm` or nothing, which means UTC.
fn parse_time(text: &str) -> Option<(Time, Offset)> {
    let zone = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(zone);
    let mut parts = clock.split(':');
    let hour = i8::try_from(digits(parts.next()?, 2)?).ok()?;
    let minute = i8::try_from(digits(parts.next()?, 2)?).ok()?;
    let (second, nanosecond) = parts.next().map_or(Some((0, 0)), parse_second)?;
    parts.next().is_none().then_some(())?;
    Some((Time::new(hour, minute, second, nanosecond).ok()?, parse_zone(zone)?))
}

fn parse_second(text: &str) -> Option<(i8, i32)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let numeric = !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit());
    let nine: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    let second = i8::try_from(digits(whole, 2)?).ok()?;
    numeric.then(|| nine.parse().ok()).flatten().map(|nanosecond| (second, nanosecond))
}

fn parse_zone(text: &str) -> Option<Offset> {
    let sign = match text.bytes().next() {
        None => return Some(Offset::UTC),
        Some(b'Z' | b'z') => return (text.len() == 1).then_some(Offset::UTC),
        Some(b'-') => -1,
        Some(_) => 1,
    };
    let digits_only: String = text.get(1..)?.split(':').collect();
    let hours = i32::from(digits(digits_only.get(..2)?, 2)?);
    let minutes = digits_only.get(2..).filter(|m| !m.is_empty()).map_or(Some(0), |m| digits(m, 2))?;
    let valid = hours < 24 && minutes < 60;
    valid.then(|| Offset::from_seconds(sign * (hours * 3600 + i32::from(minutes) * 60)).ok()).flatten()
}

fn digits(text: &str, length: usize) -> Option<i16> {
    let numeric = text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    numeric.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_names_its_moment() {
        for (text, seconds) in [
            ("2020", 1_577_836_800),
            ("2020-01", 1_577_836_800),
            ("2020-01-01", 1_577_836_800),
            ("2020-01-01T00:00Z", 1_577_836_800),
            ("2020-01-01T00:00:01Z", 1_577_836_801),
            ("2020-01-01t00:00:01z", 1_577_836_801),
            ("2020-01-01T00:00:01", 1_577_836_801),
            ("2020-01-01T02:00:00+02:00", 1_577_836_800),
            ("2019-12-31T16:00:00-0800", 1_577_836_800),
            ("1577836800", 1_577_836_800),
            ("0", 0),
        ] {
            assert_eq!(parse(text).map(Timestamp::as_second), Some(seconds), "{text}");
        }
        assert_eq!(parse("1970-01-01T00:00:00.5Z").unwrap().as_millisecond(), 500);
    }

    #[test]
    fn other_texts_are_no_dates() {
        for text in [
            "",
            "yesterday",
            "2020-13-01",
            "2020-02-30",
            "2020-1-1",
            "2020-01-01T",
            "2020-01-01T25:00Z",
            "2020-01-01T00:00:61Z",
            "2020-01-01T00Z",
            "2020-01-01T00:00:00ZZ",
            "2020-01-01T00:00:00+99:00",
            "2020-01-01 00:00:00Z",
            "2020-01-01T00:00:00.Z",
            "1.5",
            "*",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
