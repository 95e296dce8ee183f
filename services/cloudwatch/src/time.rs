//! Points in time.

use jiff::{Timestamp, tz::TimeZone};

/// Seconds since 1970.
pub(crate) fn seconds(time: Timestamp) -> i64 {
    time.as_millisecond().div_euclid(1000)
}

/// The time of these seconds since 1970.
pub(crate) fn at_second(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or_default()
}

/// The time of these milliseconds since 1970.
pub(crate) fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or_default()
}

/// As alarms write it: `2026-11-26T07:00:00.000+0000`.
pub(crate) fn stamp(milliseconds: i64) -> String {
    TimeZone::UTC.to_datetime(at(milliseconds)).strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string()
}

/// As the reasons of alarms write it: `26/11/26 07:00:00`.
pub(crate) fn short(seconds: i64) -> String {
    TimeZone::UTC.to_datetime(at_second(seconds)).strftime("%d/%m/%y %H:%M:%S").to_string()
}

/// As the reasons of composite alarms write it: `Thursday 26 November, 2026 07:00:00 UTC`.
pub(crate) fn long(milliseconds: i64) -> String {
    TimeZone::UTC.to_datetime(at(milliseconds)).strftime("%A %d %B, %Y %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_aws_writes_them() {
        assert_eq!(stamp(1_764_140_400_007), "2025-11-26T07:00:00.007+0000");
        assert_eq!(short(1_764_140_400), "26/11/25 07:00:00");
        assert_eq!(long(1_764_140_400_000), "Wednesday 26 November, 2025 07:00:00 UTC");
    }
}
