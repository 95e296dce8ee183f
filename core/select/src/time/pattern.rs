use super::Stamp;
use crate::SelectError;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Stamp {
    /// As a pattern of TO_STRING shows it.
    ///
    /// Source: Amazon S3 User Guide, "TO_STRING"; PartiQL specification, the same symbols.
    pub(crate) fn show(&self, pattern: &str) -> Result<String, SelectError> {
        let (mut out, mut rest) = (String::new(), pattern);
        while let Some(symbol) = rest.chars().next() {
            if let Some(literal) = rest.strip_prefix('\'') {
                let (text, after) = quoted(literal)?;
                out.push_str(&text);
                rest = after;
                continue;
            }
            let after = rest.trim_start_matches(symbol);
            let count = (rest.len() - after.len()) / symbol.len_utf8();
            if symbol.is_ascii_alphabetic() {
                self.symbol(&mut out, symbol, count)?;
            } else {
                out.push_str(rest.get(..rest.len() - after.len()).unwrap_or_default());
            }
            rest = after;
        }
        Ok(out)
    }

    fn symbol(&self, out: &mut String, symbol: char, count: usize) -> Result<(), SelectError> {
        let at = &self.local;
        let hour12 = (i32::from(at.hour()) + 11) % 12 + 1;
        let (number, most) = match symbol {
            'y' => return self.year(out, count),
            'M' if count > 2 => return self.month(out, count),
            'M' => (i32::from(at.month()), 2),
            'd' => (i32::from(at.day()), 2),
            'H' => (i32::from(at.hour()), 2),
            'h' => (hour12, 2),
            'm' => (i32::from(at.minute()), 2),
            's' => (i32::from(at.second()), 2),
            'n' => (at.subsec_nanosecond(), 1),
            'a' if count == 1 => {
                out.push_str(if at.hour() < 12 { "AM" } else { "PM" });
                return Ok(());
            }
            'S' => return self.fraction(out, count),
            'X' | 'x' => return self.zone(out, symbol, count),
            _ => return Err(SelectError::EvaluatorInvalidTimestampFormatPatternSymbol),
        };
        if count > most {
            return Err(SelectError::EvaluatorInvalidTimestampFormatPattern);
        }
        out.push_str(&format!("{number:0count$}"));
        Ok(())
    }

    /// `y`, `yy` (the last two digits) or `yyyy`.
    fn year(&self, out: &mut String, count: usize) -> Result<(), SelectError> {
        let year = self.local.year();
        match count {
            1 => out.push_str(&year.to_string()),
            2 => out.push_str(&format!("{:02}", year.rem_euclid(100))),
            4 => out.push_str(&format!("{year:04}")),
            _ => return Err(SelectError::EvaluatorInvalidTimestampFormatPattern),
        }
        Ok(())
    }

    /// A month's name: short, whole, or its letter.
    fn month(&self, out: &mut String, count: usize) -> Result<(), SelectError> {
        let month = usize::try_from(self.local.month() - 1).unwrap_or(0);
        let name = MONTHS.get(month).copied().unwrap_or_default();
        let shown = match count {
            3 => name.get(..3),
            4 => Some(name),
            5 => name.get(..1),
            _ => None,
        };
        out.push_str(shown.ok_or(SelectError::EvaluatorInvalidTimestampFormatPattern)?);
        Ok(())
    }

    /// So many digits of a fraction of a second.
    fn fraction(&self, out: &mut String, count: usize) -> Result<(), SelectError> {
        let nanos = format!("{:09}", self.local.subsec_nanosecond());
        out.push_str(nanos.get(..count).ok_or(SelectError::EvaluatorInvalidTimestampFormatPattern)?);
        Ok(())
    }

    /// The offset: hours, hours and minutes, or both with a colon; `X` shows none as `Z`.
    fn zone(&self, out: &mut String, symbol: char, count: usize) -> Result<(), SelectError> {
        let minutes = self.offset.unwrap_or(0);
        if symbol == 'X' && minutes == 0 && (1..=5).contains(&count) {
            out.push('Z');
            return Ok(());
        }
        let sign = if minutes < 0 { '-' } else { '+' };
        let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
        let shown = match count {
            1 if rest == 0 => format!("{sign}{hours:02}"),
            1 | 2 | 4 => format!("{sign}{hours:02}{rest:02}"),
            3 | 5 => format!("{sign}{hours:02}:{rest:02}"),
            _ => return Err(SelectError::EvaluatorInvalidTimestampFormatPattern),
        };
        out.push_str(&shown);
        Ok(())
    }
}

/// A literal up to its quote; two quotes are one, and nothing between them is one as well.
fn quoted(text: &str) -> Result<(String, &str), SelectError> {
    if let Some(after) = text.strip_prefix('\'') {
        return Ok(("'".into(), after));
    }
    let (mut literal, mut rest) = (String::new(), text);
    loop {
        let unterminated = SelectError::EvaluatorUnterminatedTimestampFormatPatternToken;
        let (before, after) = rest.split_once('\'').ok_or(unterminated)?;
        literal.push_str(before);
        match after.strip_prefix('\'') {
            Some(more) => {
                literal.push('\'');
                rest = more;
            }
            None => return Ok((literal, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the reference.
    #[test]
    fn patterns_show_times() {
        for (stamp, pattern, shown) in [
            ("1969-07-20T20:18Z", "MMMM d, y", "July 20, 1969"),
            ("1969-07-20T20:18Z", "MMM d, yyyy", "Jul 20, 1969"),
            ("1969-07-20T20:18Z", "M-d-yy", "7-20-69"),
            ("1969-07-20T20:18Z", "MM-d-y", "07-20-1969"),
            ("1969-07-20T20:18Z", "MMMM d, y h:m a", "July 20, 1969 8:18 PM"),
            ("1969-07-20T20:18Z", "y-MM-dd'T'H:m:ssX", "1969-07-20T20:18:00Z"),
            ("1969-07-20T20:18+08:00", "y-MM-dd'T'H:m:ssXXXX", "1969-07-20T20:18:00+0800"),
            ("1969-07-20T20:18+08:00", "y-MM-dd'T'H:m:ssXXXXX", "1969-07-20T20:18:00+08:00"),
            ("2017-01-02T00:04:05.006Z", "hh:mm:ss.SSS a x", "12:04:05.006 AM +00"),
            ("2017-01-02T00:04:05.006Z", "'it''s' y", "it's 2017"),
        ] {
            assert_eq!(Stamp::parse(stamp).unwrap().show(pattern).unwrap(), shown);
        }
        let time = Stamp::parse("2017T").unwrap();
        assert_eq!(time.show("q"), Err(SelectError::EvaluatorInvalidTimestampFormatPatternSymbol));
        assert_eq!(time.show("yyyyy"), Err(SelectError::EvaluatorInvalidTimestampFormatPattern));
        assert_eq!(time.show("'y"), Err(SelectError::EvaluatorUnterminatedTimestampFormatPatternToken));
    }
}
