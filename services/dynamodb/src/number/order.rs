//! Bytes that sort as the numbers do.
//!
//! A number is written in base 100: a byte for its exponent, then one for each digit. Those of negative numbers are
//! turned round, and end in a byte above all digits.

use super::Number;

/// The most digits in base 100, past which negative numbers need no end.
const MOST: usize = 20;
/// Ends a negative number.
const END: u8 = 102;
/// The exponent byte of zero.
const ZERO: u8 = 0x80;

impl Number {
    /// Bytes that sort as the numbers do; at most 21.
    pub fn ordered(self) -> Vec<u8> {
        if self.coefficient == 0 {
            return vec![ZERO];
        }
        let ahead = self.exponent() + 1;
        let odd = ahead.rem_euclid(2) == 1;
        let exponent = (ahead + i32::from(odd)) / 2 - 64;
        let [.., exponent] = exponent.to_be_bytes();
        let mut bytes = Vec::with_capacity(22);
        bytes.push(if self.is_negative() { !exponent } else { exponent });
        let text = self.magnitude().to_string();
        let digits: Vec<u8> =
            odd.then_some(0).into_iter().chain(text.bytes().map(|digit| digit - b'0')).collect();
        for pair in digits.chunks(2) {
            let digit = pair.first().unwrap_or(&0) * 10 + pair.get(1).unwrap_or(&0);
            bytes.push(if self.is_negative() { 101 - digit } else { digit + 1 });
        }
        if self.is_negative() && bytes.len() <= MOST {
            bytes.push(END);
        }
        bytes
    }
}
