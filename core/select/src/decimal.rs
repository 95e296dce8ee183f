//! Decimal numbers of 38 digits.

use std::str::FromStr as _;

use bigdecimal::{BigDecimal, ToPrimitive as _, Zero as _};

use crate::SelectError;

pub(crate) type Decimal = BigDecimal;

/// The most significant digits that arithmetic keeps.
const DIGITS: u64 = 38;
/// The longest number that is read, in bytes.
const LONGEST: usize = 1000;
/// The largest exponent that is read or made, either way: numbers far apart cannot be added in bounded space.
const FARTHEST: i64 = 6200;

/// Reads a number with digits, a point and an exponent. `None` for what is none, or is too long or too large to count
/// with.
pub(crate) fn parse(text: &str) -> Option<Decimal> {
    let plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E');
    if text.len() > LONGEST || !text.bytes().all(plain) {
        return None;
    }
    BigDecimal::from_str(text).ok().filter(is_near)
}

/// Reads a whole number.
pub(crate) fn whole(text: &str) -> Option<i64> {
    text.strip_prefix('+').filter(|rest| !rest.starts_with(['+', '-'])).unwrap_or(text).parse().ok()
}

/// The number that a float is.
pub(crate) fn from_float(float: f64) -> Result<Decimal, SelectError> {
    // As it is written, not as the binary fraction that it is.
    parse(&float.to_string()).ok_or(SelectError::NumberFormatError)
}

pub(crate) fn to_float(number: &Decimal) -> f64 {
    number.to_f64().unwrap_or(f64::NAN)
}

/// The whole part, where it is an integer of 8 bytes.
pub(crate) fn to_int(number: &Decimal) -> Option<i64> {
    number.with_scale(0).to_i64()
}

/// What arithmetic made, in as many digits as are kept.
pub(crate) fn kept(number: Decimal) -> Result<Decimal, SelectError> {
    let kept = if number.digits() > DIGITS { number.with_prec(DIGITS) } else { number };
    if is_near(&kept) { Ok(kept) } else { Err(SelectError::NumberFormatError) }
}

pub(crate) fn divide(left: &Decimal, right: &Decimal) -> Result<Decimal, SelectError> {
    if right.is_zero() { Err(SelectError::ExternalEvalException) } else { kept(left / right) }
}

pub(crate) fn remainder(left: &Decimal, right: &Decimal) -> Result<Decimal, SelectError> {
    if right.is_zero() { Err(SelectError::ExternalEvalException) } else { kept(left % right) }
}

/// As results show it: in full, unless it is very large or very small.
pub(crate) fn show(number: &Decimal) -> String {
    let scale = number.fractional_digit_count();
    if (-20..=60).contains(&scale) { number.to_plain_string() } else { number.to_scientific_notation() }
}

fn is_near(number: &Decimal) -> bool {
    number.fractional_digit_count().abs() <= FARTHEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_shown_as_they_were() {
        for text in ["1.00", "-0.50", "0.0000001", "123456789012345678901234567890.5"] {
            assert_eq!(show(&parse(text).unwrap()), text);
        }
        assert_eq!(show(&parse("1e400").unwrap()), "1e400");
        assert!(parse("1e999999999").is_none());
        assert!(parse("1_000").is_none());
        assert!(parse("").is_none());
        assert!(parse(&"9".repeat(2000)).is_none());
    }

    #[test]
    fn division_keeps_38_digits() {
        let three = parse("3").unwrap();
        assert_eq!(show(&divide(&parse("1").unwrap(), &three).unwrap()), format!("0.{}", "3".repeat(38)));
        assert_eq!(show(&divide(&three, &parse("2").unwrap()).unwrap()), "1.5");
        assert_eq!(divide(&three, &parse("0").unwrap()), Err(SelectError::ExternalEvalException));
    }
}
