use std::str::FromStr;

use super::{DIGITS, Number};

/// Why a text is not a number that DynamoDB can hold; displays as AWS says it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// No text at all.
    #[error("The parameter cannot be converted to a numeric value")]
    Empty,
    /// Not a number.
    #[error("The parameter cannot be converted to a numeric value: {0}")]
    Malformed(String),
    /// Too large.
    #[error("Number overflow. Attempting to store a number with magnitude larger than supported range")]
    Overflow,
    /// Too near to zero.
    #[error("Number underflow. Attempting to store a number with magnitude smaller than supported range")]
    Underflow,
    /// Too many digits.
    #[error("Attempting to store more than 38 significant digits in a Number")]
    Precision,
}

impl FromStr for Number {
    type Err = NumberError;

    /// Digits with an optional sign, fraction and exponent.
    fn from_str(text: &str) -> Result<Self, NumberError> {
        if text.is_empty() {
            return Err(NumberError::Empty);
        }
        let malformed = || NumberError::Malformed(text.to_owned());
        let (negative, unsigned) = match text.as_bytes().first() {
            Some(b'-') => (true, text.get(1..).unwrap_or_default()),
            Some(b'+') => (false, text.get(1..).unwrap_or_default()),
            _ => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, self::exponent(exponent).ok_or_else(malformed)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
            return Err(malformed());
        }
        let behind = i32::try_from(fraction.len()).map_err(|_| malformed())?;
        significant(negative, whole, fraction, exponent.saturating_sub(behind))
    }
}

/// An exponent's digits. Those past any number's range are taken to be at its end.
fn exponent(text: &str) -> Option<i32> {
    const FAR: i32 = 1_000_000_000;
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let size = digits.trim_start_matches('0').parse().unwrap_or(if digits.trim_matches('0').is_empty() {
        0
    } else {
        FAR
    });
    Some(if text.starts_with('-') { -size } else { size })
}

/// The number whose digits are these two parts', the last one standing for this power of ten.
fn significant(negative: bool, whole: &str, fraction: &str, mut scale: i32) -> Result<Number, NumberError> {
    let digits = || whole.bytes().chain(fraction.bytes());
    let leading = digits().take_while(|digit| *digit == b'0').count();
    let trailing = digits().rev().take_while(|digit| *digit == b'0').count();
    let count = whole.len() + fraction.len();
    if leading == count {
        // Zero is held to the range of exponents as all others are.
        return match scale {
            _ if scale > super::MAX_EXPONENT => Err(NumberError::Overflow),
            _ if scale < super::MIN_EXPONENT => Err(NumberError::Underflow),
            _ => Ok(Number::ZERO),
        };
    }
    scale = scale.saturating_add(i32::try_from(trailing).unwrap_or(i32::MAX));
    let kept = count - leading - trailing;
    if kept > DIGITS as usize {
        let exponent = scale.saturating_add(i32::try_from(kept).unwrap_or(i32::MAX)).saturating_sub(1);
        return Err(match exponent {
            _ if exponent > super::MAX_EXPONENT => NumberError::Overflow,
            _ if exponent < super::MIN_EXPONENT => NumberError::Underflow,
            _ => NumberError::Precision,
        });
    }
    let magnitude =
        digits().skip(leading).take(kept).fold(0_u128, |sum, digit| sum * 10 + u128::from(digit - b'0'));
    Number::new(negative, magnitude, scale)
}
