use std::{fmt, str::FromStr};

use crate::ParseError;

/// An account's id: twelve decimal digits, leading zeros kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(u64);

impl AccountId {
    /// One past the largest id.
    pub const LIMIT: u64 = 1_000_000_000_000;

    /// The id that no account has: what belongs to nobody in particular is under it.
    pub const NOBODY: Self = Self(0);

    /// The id with this value, or `None` past twelve digits.
    pub fn new(value: u64) -> Option<Self> {
        (value < Self::LIMIT).then_some(Self(value))
    }

    /// The id as a number below [`AccountId::LIMIT`].
    pub fn value(self) -> u64 {
        self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for AccountId {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let digits = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
        digits
            .then(|| text.parse().ok().and_then(Self::new))
            .flatten()
            .ok_or_else(|| ParseError::Account(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_zeros_are_kept() {
        let id: AccountId = "000123456789".parse().unwrap();
        assert_eq!(id.to_string(), "000123456789");
    }

    #[test]
    fn eleven_digits_signs_and_letters_are_refused() {
        for text in ["00012345678", "+00123456789", "00012345678a", "0001234567890", ""] {
            assert!(text.parse::<AccountId>().is_err(), "{text}");
        }
    }
}
