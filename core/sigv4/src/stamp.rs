//! Points in time as signatures write them, to and from seconds since 1970 (UTC).

/// Days from 1970-01-01 to a date of the Gregorian calendar.
/// Source: the era arithmetic for proleptic Gregorian dates (400-year cycles of 146 097 days).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day from the days since 1970-01-01.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

fn month_length(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// The number that a few digits write.
fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0, |sum, b| b.is_ascii_digit().then(|| sum * 10 + i64::from(b - b'0')))
}

/// Days since 1970-01-01 of `YYYYMMDD`, when that is a day of the calendar.
fn parse_day(bytes: &[u8]) -> Option<i64> {
    let (year, rest) = bytes.split_first_chunk::<4>()?;
    let (month, day) = rest.split_first_chunk::<2>()?;
    let day: &[u8; 2] = day.try_into().ok()?;
    let (year, month, day) = (digits(year)?, digits(month)?, digits(day)?);
    let valid = (1..=12).contains(&month) && (1..=month_length(year, month)).contains(&day);
    valid.then(|| days(year, month, day))
}

/// Reads `YYYYMMDDThhmmssZ` (ISO 8601 basic format, UTC): seconds since 1970, or nothing.
pub fn parse_basic(text: &str) -> Option<i64> {
    let (day, clock) = text.as_bytes().split_at_checked(8)?;
    let clock: &[u8; 6] = clock.strip_prefix(b"T")?.strip_suffix(b"Z")?.try_into().ok()?;
    let (hour, rest) = clock.split_first_chunk::<2>()?;
    let (minute, second) = rest.split_first_chunk::<2>()?;
    let (hour, minute, second) = (digits(hour)?, digits(minute)?, digits(second)?);
    let valid = hour < 24 && minute < 60 && second < 60;
    valid.then_some(parse_day(day)? * 86_400 + hour * 3_600 + minute * 60 + second)
}

/// Reads the value of a `Date` header: ISO 8601 basic format, or the preferred format of RFC 9110,
/// section 5.6.7 (`Fri, 24 May 2013 00:00:00 GMT`, or with a numeric zone as RFC 5322 allows); none before 1970.
pub fn parse_date_header(text: &str) -> Option<i64> {
    if text.len() > 64 {
        return None;
    }
    // The day of the week says nothing that the date does not.
    let http = || jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text).ok();
    parse_basic(text).or_else(|| http().map(jiff::Timestamp::as_second).filter(|second| *second >= 0))
}

/// Reads ISO 8601 extended format in UTC, as POST policies' `expiration` has it (`2007-12-01T12:00:00.000Z`).
pub fn parse_extended(text: &str) -> Option<i64> {
    let bounded = text.len() <= 40 && text.ends_with('Z');
    bounded.then(|| text.parse::<jiff::Timestamp>().ok())?.map(jiff::Timestamp::as_second)
}

/// The time split for printing, clamped to the years 0 to 9999 so that the width is fixed.
fn fields(time: i64) -> [i64; 6] {
    let time = time.clamp(-62_167_219_200, 253_402_300_799);
    let (year, month, day) = civil(time.div_euclid(86_400));
    let clock = time.rem_euclid(86_400);
    [year, month, day, clock / 3_600, clock / 60 % 60, clock % 60]
}

/// Writes a time as `YYYYMMDDThhmmssZ`.
pub fn basic(time: i64) -> String {
    let [year, month, day, hour, minute, second] = fields(time);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// Writes a time as `YYYY-MM-DDThh:mm:ssZ`, as S3's errors do.
pub fn extended(time: i64) -> String {
    let [year, month, day, hour, minute, second] = fields(time);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// `YYYYMMDDThhmmssZ` as bytes, without an allocation: what the string to sign holds.
pub(crate) fn basic_bytes(time: i64) -> [u8; 16] {
    let [year, month, day, hour, minute, second] = fields(time);
    let mut out = *b"00000000T000000Z";
    let places = [year / 100, year % 100, month, day];
    let (date, clock) = out.split_at_mut(8);
    write_pairs(date, &places);
    write_pairs(clock.get_mut(1..7).unwrap_or_default(), &[hour, minute, second]);
    out
}

fn write_pairs(out: &mut [u8], values: &[i64]) {
    for (pair, value) in out.chunks_exact_mut(2).zip(values) {
        let tens = u8::try_from(value / 10 % 10).unwrap_or(0);
        let ones = u8::try_from(value % 10).unwrap_or(0);
        pair.copy_from_slice(&[b'0' + tens, b'0' + ones]);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_moments_are_read() {
        assert_eq!(parse_basic("19700101T000000Z"), Some(0));
        assert_eq!(parse_basic("20130524T000000Z"), Some(1_369_353_600));
        assert_eq!(parse_basic("20240229T235959Z"), Some(1_709_251_199));
        assert_eq!(parse_date_header("Fri, 24 May 2013 00:00:00 GMT"), Some(1_369_353_600));
        assert_eq!(parse_date_header("Tue, 24 May 2013 00:00:00 GMT"), Some(1_369_353_600));
        assert_eq!(parse_date_header("20130524T000000Z"), Some(1_369_353_600));
        assert_eq!(parse_extended("2013-08-07T12:00:00.000Z"), Some(1_375_876_800));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "20130524",
            "20130524T000000",
            "20130524T000000z",
            "20130532T000000Z",
            "20230229T000000Z",
            "20130524T240000Z",
            "20130524T006000Z",
            "2013-05-24T00:00:00Z",
            "20130524T000000.0Z",
            "+0130524T000000Z",
            "20130524T0000000Z",
            "２０１３",
            "20130524T00000088888888888888888888888Z",
            "20130524888888888888888888888888",
        ] {
            assert_eq!(parse_basic(text), None, "{text:?}");
        }
        assert_eq!(parse_date_header("yesterday"), None);
        assert_eq!(parse_date_header("Fri, 07 Jul 1950 21:53:04 GMT"), None);
        assert_eq!(parse_extended("2013-08-07T12:00:00+02:00"), None);
    }

    proptest! {
        #[test]
        fn writing_and_reading_agree_with_another_calendar(time in -62_135_596_800_i64..253_402_300_799) {
            let text = basic(time);
            prop_assert_eq!(parse_basic(&text), Some(time));
            prop_assert_eq!(&basic_bytes(time)[..], text.as_bytes());
            let other = jiff::Timestamp::from_second(time).unwrap().to_string();
            prop_assert_eq!(extended(time), other);
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            let _ = (parse_basic(&text), parse_date_header(&text), parse_extended(&text));
        }
    }
}
