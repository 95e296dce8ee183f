//! Numbers as DynamoDB has them: decimal, exact, of up to 38 significant digits.
//!
//! Source: DynamoDB Developer Guide, "Supported data types and naming rules", Number.

mod arithmetic;
mod order;
mod parse;
#[cfg(test)]
mod tests;

use std::{cmp::Ordering, fmt};

pub use parse::NumberError;

/// The most significant digits.
const DIGITS: u32 = 38;
/// The exponent of the first digit is at most this.
const MAX_EXPONENT: i32 = 125;
/// The exponent of the first digit is at least this.
const MIN_EXPONENT: i32 = -130;

/// An exact decimal number. Equal numbers are equal values, however they were written.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Number {
    /// All significant digits; it does not end in zero, unless it is zero.
    coefficient: i128,
    /// The power of ten that the coefficient's last digit stands for; 0 for zero.
    scale: i16,
}

impl Number {
    /// Zero.
    pub const ZERO: Self = Self { coefficient: 0, scale: 0 };

    /// The number `coefficient * 10^scale`.
    fn new(negative: bool, mut magnitude: u128, mut scale: i32) -> Result<Self, NumberError> {
        if magnitude == 0 {
            return Ok(Self::ZERO);
        }
        while magnitude.is_multiple_of(10) {
            magnitude /= 10;
            scale += 1;
        }
        let digits = digits(magnitude);
        let exponent = scale.saturating_add_unsigned(digits - 1);
        if exponent > MAX_EXPONENT {
            return Err(NumberError::Overflow);
        }
        if exponent < MIN_EXPONENT {
            return Err(NumberError::Underflow);
        }
        if digits > DIGITS {
            return Err(NumberError::Precision);
        }
        let coefficient = i128::try_from(magnitude).map_err(|_| NumberError::Precision)?;
        let scale = i16::try_from(scale).map_err(|_| NumberError::Overflow)?;
        Ok(Self { coefficient: if negative { -coefficient } else { coefficient }, scale })
    }

    fn magnitude(self) -> u128 {
        self.coefficient.unsigned_abs()
    }

    fn is_negative(self) -> bool {
        self.coefficient < 0
    }

    /// How many significant digits there are; 1 for zero.
    pub fn digits(self) -> u32 {
        digits(self.magnitude())
    }

    /// The power of ten that the first digit stands for.
    pub fn exponent(self) -> i32 {
        i32::from(self.scale).saturating_add_unsigned(self.digits() - 1)
    }

    /// The bytes that it counts for in an item's size.
    ///
    /// Source: DynamoDB Developer Guide, "DynamoDB item sizes and formats": a byte for two significant digits, and
    /// one more; a pair of digits begins at an even power of ten, and negative numbers take one more.
    pub fn size(self) -> usize {
        if self.coefficient == 0 {
            return 1;
        }
        let digits = self.digits() as usize;
        let pairs = digits.div_ceil(2);
        let astride = digits.is_multiple_of(2) && self.exponent().rem_euclid(2) == 0;
        1 + pairs + usize::from(astride) + usize::from(self.is_negative())
    }

    /// The two numbers that make it up, to be stored.
    pub(crate) fn parts(self) -> (i128, i16) {
        (self.coefficient, self.scale)
    }

    /// The number that was made up of these, if they make up one.
    pub(crate) fn from_parts(coefficient: i128, scale: i16) -> Option<Self> {
        let whole = Self::new(coefficient < 0, coefficient.unsigned_abs(), scale.into()).ok()?;
        (whole.coefficient == coefficient).then_some(whole)
    }
}

impl From<i64> for Number {
    fn from(number: i64) -> Self {
        // No such number has too many digits.
        Self::new(number < 0, number.unsigned_abs().into(), 0).unwrap_or(Self::ZERO)
    }
}

/// How many decimal digits a number has; 1 for zero.
fn digits(magnitude: u128) -> u32 {
    magnitude.checked_ilog10().unwrap_or(0) + 1
}

/// A power of ten; `None` past what fits.
fn ten_to(power: u32) -> Option<u128> {
    10_u128.checked_pow(power)
}

impl From<u32> for Number {
    fn from(number: u32) -> Self {
        Self::new(false, number.into(), 0).unwrap_or(Self::ZERO)
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let signs = self.coefficient.signum().cmp(&other.coefficient.signum());
        if signs.is_ne() || self.coefficient == 0 {
            return signs;
        }
        let sizes = self.exponent().cmp(&other.exponent()).then_with(|| {
            let (a, b) = (self.digits(), other.digits());
            let widened = |number: Self, by: u32| number.magnitude() * ten_to(by).unwrap_or(1);
            widened(*self, b.saturating_sub(a)).cmp(&widened(*other, a.saturating_sub(b)))
        });
        if self.is_negative() { sizes.reverse() } else { sizes }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// As DynamoDB writes it: all digits, no exponent.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_negative() { "-" } else { "" };
        let (digits, scale) = (self.magnitude().to_string(), i32::from(self.scale));
        if scale >= 0 {
            let zeros = scale.unsigned_abs() as usize;
            return write!(f, "{sign}{digits}{:0<zeros$}", "");
        }
        let behind = scale.unsigned_abs() as usize;
        match digits.len().checked_sub(behind) {
            Some(before) if before > 0 => {
                let (whole, fraction) = digits.split_at_checked(before).unwrap_or((&digits, ""));
                write!(f, "{sign}{whole}.{fraction}")
            }
            _ => write!(f, "{sign}0.{digits:0>behind$}"),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
