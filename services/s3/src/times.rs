//! Times as S3 shows them: to the second.

use jiff::Timestamp;

/// The second of these milliseconds since 1970.
pub(crate) fn shown(ms: i64) -> Timestamp {
    Timestamp::from_second(ms.div_euclid(1000)).unwrap_or_default()
}

/// These milliseconds since 1970. What is later than can be shown is the end of the year 9999.
pub(crate) fn exact(ms: i64) -> Timestamp {
    let end = if ms > 0 { Timestamp::MAX } else { Timestamp::UNIX_EPOCH };
    Timestamp::from_millisecond(ms).unwrap_or(end)
}

/// As header fields have it. Source: RFC 9110, section 5.6.7.
pub(crate) fn in_header(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_late_is_last() {
        assert_eq!(in_header(exact(i64::MAX)), "Thu, 30 Dec 9999 22:00:00 GMT");
    }

    #[test]
    fn to_the_second() {
        assert_eq!(shown(784_111_777_999).to_string(), "1994-11-06T08:49:37Z");
        assert_eq!(in_header(shown(784_111_777_000)), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
