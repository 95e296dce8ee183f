//! Sums and differences, exact or refused.

use std::ops::Neg;

use super::{Number, NumberError, ten_to};

impl Number {
    /// The sum.
    ///
    /// # Errors
    /// [`NumberError`] when it has too many digits or is out of range.
    pub fn plus(self, other: Self) -> Result<Self, NumberError> {
        let (high, low) = if self.scale >= other.scale { (self, other) } else { (other, self) };
        if low.coefficient == 0 {
            return Ok(high);
        }
        if high.coefficient == 0 {
            return Ok(low);
        }
        // Both are counted in units of the lower one's last digit, which is not zero: what does not fit has too
        // many digits, whatever the sum.
        let shift = u32::from(high.scale.abs_diff(low.scale));
        let widened = ten_to(shift).and_then(|power| high.magnitude().checked_mul(power));
        let (a, b) = (widened.ok_or(NumberError::Precision)?, low.magnitude());
        let scale = i32::from(low.scale);
        if high.is_negative() == low.is_negative() {
            let sum = a.checked_add(b).ok_or(NumberError::Precision)?;
            return Self::new(high.is_negative(), sum, scale);
        }
        Self::new(if a >= b { high } else { low }.is_negative(), a.abs_diff(b), scale)
    }

    /// The difference.
    ///
    /// # Errors
    /// As [`Number::plus`].
    pub fn minus(self, other: Self) -> Result<Self, NumberError> {
        self.plus(-other)
    }
}

impl Neg for Number {
    type Output = Self;

    fn neg(self) -> Self {
        Self { coefficient: -self.coefficient, scale: self.scale }
    }
}
