use std::fmt;

use jiff::civil::DateTime;

use super::{Precision, Stamp};

impl Stamp {
    /// Reads `2007T`, `2007-02T`, `2007-02-23` (with `T` or without), `2007-02-23T12:14Z`, and with seconds and their
    /// fractions; the offset is `Z`, `+hh:mm` or `-hh:mm`. `None` for what is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (date, clock) = match text.split_once('T') {
            Some((date, clock)) => (date, Some(clock)),
            None => (text, None),
        };
        let mut parts = date.split('-');
        let year: i16 = digits(parts.next()?, 4)?.try_into().ok()?;
        let month = parts.next().map(|part| digits(part, 2)).map_or(Some(None), |part| part.map(Some))?;
        let day = parts.next().map(|part| digits(part, 2)).map_or(Some(None), |part| part.map(Some))?;
        let precision = match (month, day, parts.next()) {
            (None, None, None) => Precision::Year,
            (Some(_), None, None) => Precision::Month,
            (Some(_), Some(_), None) => Precision::Day,
            _ => return None,
        };
        let one = |part: Option<u32>| i8::try_from(part.unwrap_or(1)).ok();
        let local = DateTime::new(year, one(month)?, one(day)?, 0, 0, 0, 0).ok()?;
        match clock {
            // Less than a day ends with a T.
            None => (precision == Precision::Day).then_some(Self { local, offset: None, precision }),
            Some("") => Some(Self { local, offset: None, precision }),
            Some(clock) if precision == Precision::Day => Self { local, offset: None, precision }.at(clock),
            Some(_) => None,
        }
    }

    /// Adds `12:14:33.079-08:00` to a day.
    fn at(self, text: &str) -> Option<Self> {
        let zone = text.find(['Z', '+', '-'])?;
        let (clock, zone) = text.split_at(zone);
        let mut parts = clock.splitn(3, ':');
        let (hour, minute) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
        let (second, nanos, precision) = match parts.next() {
            None => (0, 0, Precision::Minute),
            Some(seconds) => seconds_of(seconds)?,
        };
        let small = |part: u32| i8::try_from(part).ok();
        let time = jiff::civil::Time::new(small(hour)?, small(minute)?, small(second)?, nanos).ok()?;
        Some(Self { local: self.local.date().to_datetime(time), offset: offset(zone)?, precision })
    }
}

/// `33.079`: seconds, nanoseconds, and how many digits there were.
fn seconds_of(text: &str) -> Option<(u32, i32, Precision)> {
    let Some((second, fraction)) = text.split_once('.') else {
        return Some((digits(text, 2)?, 0, Precision::Second));
    };
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // What is smaller than a nanosecond is left out.
    let kept = fraction.get(..9).unwrap_or(fraction);
    let nanos = format!("{kept:0<9}").parse().ok()?;
    Some((digits(second, 2)?, nanos, Precision::Fraction(u8::try_from(kept.len()).ok()?)))
}

/// Minutes ahead of UTC. `-00:00` says that nothing is known.
fn offset(text: &str) -> Option<Option<i32>> {
    if text == "Z" {
        return Some(Some(0));
    }
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    let minutes = i32::try_from(hours * 60 + minutes).ok().filter(|_| hours < 24 && minutes < 60)?;
    match text.starts_with('-') {
        true if minutes == 0 => Some(None),
        true => Some(Some(-minutes)),
        false => Some(Some(minutes)),
    }
}

/// So many digits.
fn digits(text: &str, count: usize) -> Option<u32> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = &self.local;
        write!(f, "{:04}", at.year())?;
        match self.precision {
            Precision::Year => return f.write_str("T"),
            Precision::Month => return write!(f, "-{:02}T", at.month()),
            Precision::Day => return write!(f, "-{:02}-{:02}", at.month(), at.day()),
            _ => write!(f, "-{:02}-{:02}T{:02}:{:02}", at.month(), at.day(), at.hour(), at.minute())?,
        }
        if self.precision >= Precision::Second {
            write!(f, ":{:02}", at.second())?;
        }
        if let Precision::Fraction(digits) = self.precision {
            let nanos = format!("{:09}", at.subsec_nanosecond());
            write!(f, ".{}", nanos.get(..usize::from(digits)).unwrap_or(&nanos))?;
        }
        match self.offset {
            Some(0) => f.write_str("Z"),
            Some(minutes) => {
                let sign = if minutes < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            }
            None => f.write_str("-00:00"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_shown_alike() {
        for text in [
            "2007T",
            "2007-02T",
            "2007-02-23",
            "2007-02-23T12:14Z",
            "2007-02-23T12:14:33.079-08:00",
            "2007-02-23T12:14:33+07:08",
            "2017-01-01T01:00-00:00",
        ] {
            assert_eq!(Stamp::parse(text).unwrap().to_string(), text);
        }
        for bad in [
            "",
            "2007",
            "2007-02",
            "07T",
            "2007-13-01",
            "2007-02-30",
            "2007-02-23T12:14",
            "2007-02-23T12Z",
            "2007-02T12:14Z",
            "2007-02-23T12:14:33.Z",
            "2007-02-23T12:14+7:00",
            "2007-02-23T12:14+24:00",
            "20070223T000000Z",
        ] {
            assert!(Stamp::parse(bad).is_none(), "{bad}");
        }
    }
}
