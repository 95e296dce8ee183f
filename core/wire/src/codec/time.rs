//! Points in time as text.

use std::fmt::Write as _;

use jiff::{Timestamp, civil::DateTime, fmt::rfc2822, tz::Offset};

use crate::TimestampFormat;

/// Reads a timestamp of this format.
pub(super) fn parse(text: &str, format: TimestampFormat) -> Option<Timestamp> {
    match format {
        TimestampFormat::Iso8601 => text.parse().ok(),
        TimestampFormat::Rfc822 => rfc2822::parse(text).ok().map(|zoned| zoned.timestamp()),
        TimestampFormat::Epoch => epoch(text),
    }
}

/// Writes a timestamp of this format. Fractions have milliseconds: always with `millis`, else only where they
/// are not zero.
pub(super) fn write(out: &mut String, at: Timestamp, format: TimestampFormat, millis: bool) {
    match format {
        TimestampFormat::Iso8601 => iso8601(out, at, millis),
        TimestampFormat::Rfc822 => rfc822(out, at),
        TimestampFormat::Epoch => epoch_seconds(out, at),
    }
}

/// A timestamp from seconds since 1970.
pub(super) fn from_seconds(seconds: f64) -> Option<Timestamp> {
    if !seconds.is_finite() || seconds.abs() > 1e12 {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "bounded above; a millisecond is what AWS keeps")]
    let millis = (seconds * 1000.0).round() as i64;
    Timestamp::from_millisecond(millis).ok()
}

fn epoch(text: &str) -> Option<Timestamp> {
    if let Ok(seconds) = text.parse::<i64>() {
        return Timestamp::from_second(seconds).ok();
    }
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    plain.then(|| text.parse().ok()).flatten().and_then(from_seconds)
}

fn civil(at: Timestamp) -> DateTime {
    Offset::UTC.to_datetime(at)
}

fn iso8601(out: &mut String, at: Timestamp, always: bool) {
    let t = civil(at);
    let (year, month, day) = (t.year(), t.month(), t.day());
    _ = write!(out, "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}", t.hour(), t.minute(), t.second());
    let millis = t.subsec_nanosecond() / 1_000_000;
    if always || millis != 0 {
        _ = write!(out, ".{millis:03}");
    }
    out.push('Z');
}

fn rfc822(out: &mut String, at: Timestamp) {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let t = civil(at);
    let name = |names: &[&'static str], index: i8| {
        usize::try_from(index).ok().and_then(|index| names.get(index)).copied().unwrap_or_default()
    };
    out.push_str(name(&DAYS, t.weekday().to_monday_zero_offset()));
    out.push_str(", ");
    digits(out, t.day());
    out.push(' ');
    out.push_str(name(&MONTHS, t.month() - 1));
    _ = write!(out, " {:04} ", t.year());
    for (number, after) in [(t.hour(), ":"), (t.minute(), ":"), (t.second(), " GMT")] {
        digits(out, number);
        out.push_str(after);
    }
}

/// Two digits. Every S3 answer has a date, and formatting one costs more than this.
fn digits(out: &mut String, number: i8) {
    let number = number.unsigned_abs() % 100;
    out.push(char::from(b'0' + number / 10));
    out.push(char::from(b'0' + number % 10));
}

fn epoch_seconds(out: &mut String, at: Timestamp) {
    let millis = at.as_millisecond();
    let sign = if millis < 0 { "-" } else { "" };
    let (seconds, rest) = (millis.unsigned_abs() / 1000, millis.unsigned_abs() % 1000);
    _ = write!(out, "{sign}{seconds}");
    if rest != 0 {
        let digits = format!("{rest:03}");
        _ = write!(out, ".{}", digits.trim_end_matches('0'));
    }
}

#[cfg(test)]
mod tests {
    use TimestampFormat::{Epoch, Iso8601, Rfc822};

    use super::*;

    fn written(at: Timestamp, format: TimestampFormat, millis: bool) -> String {
        let mut out = String::new();
        write(&mut out, at, format, millis);
        out
    }

    #[test]
    fn every_format_reads_and_writes() {
        let at = Timestamp::from_second(1_398_796_238).unwrap();
        for (format, text) in [
            (Iso8601, "2014-04-29T18:30:38Z"),
            (Rfc822, "Tue, 29 Apr 2014 18:30:38 GMT"),
            (Epoch, "1398796238"),
        ] {
            assert_eq!(written(at, format, false), text);
            assert_eq!(parse(text, format), Some(at));
        }
        assert_eq!(written(at, Iso8601, true), "2014-04-29T18:30:38.000Z");
    }

    #[test]
    fn fractions_keep_milliseconds() {
        let at = Timestamp::from_millisecond(-1_500).unwrap();
        assert_eq!(written(at, Epoch, false), "-1.5");
        assert_eq!(parse("-1.5", Epoch), Some(at));
        assert_eq!(parse("1.398796238E9", Epoch), Timestamp::from_second(1_398_796_238).ok());
        assert_eq!(written(at, Iso8601, false), "1969-12-31T23:59:58.500Z");
    }

    #[test]
    fn other_text_is_refused() {
        for text in ["", "soon", "nan", "inf", "1e300", "2014-04-29"] {
            for format in [Iso8601, Rfc822, Epoch] {
                assert_eq!(parse(text, format), None, "{text}");
            }
        }
    }
}
