//! Sequence numbers: where a record stands among all of its stream.

use std::fmt;

use kurodo_store::{Place, Version};

use crate::Error;

/// The digits of the change within its transaction; the most items that a transaction changes take fewer.
const CHANGE: usize = 5;

/// A place, as clients see it: at least 21 digits that only grow, as numbers and as text.
pub(super) struct Sequence(pub(super) Place);

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1{:015}{:0CHANGE$}", self.0.version.number(), self.0.change)
    }
}

/// The place of this sequence number.
pub(super) fn parse(text: &str) -> Result<Place, Error> {
    read(text).ok_or_else(|| Error::validation("Invalid SequenceNumber"))
}

fn read(text: &str) -> Option<Place> {
    let digits = text.strip_prefix('1').filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))?;
    let (version, change) = digits.split_at_checked(digits.len().checked_sub(CHANGE)?)?;
    Some(Place { version: Version::from_number(version.parse().ok()?), change: change.parse().ok()? })
}

/// The first place of a transaction.
pub(super) fn first(version: Version) -> Place {
    Place { version, change: 0 }
}

/// The place right behind.
pub(super) fn behind(place: Place) -> Place {
    Place { change: place.change.saturating_add(1), ..place }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_grow_as_places_do_and_come_back() {
        let place = |version, change| Place { version: Version::from_number(version), change };
        let places =
            [place(0, 0), place(0, 99_999), place(1, 0), place(1, 7), place(20, 1), place(10_u64.pow(14), 0)];
        let numbers = places.map(|place| Sequence(place).to_string());
        assert!(numbers.is_sorted() && numbers.iter().all(|number| number.len() == 21));
        for (place, number) in places.iter().zip(&numbers) {
            assert_eq!(parse(number).unwrap(), *place);
        }
        for broken in ["", "1", "000000000000000000000", "1x0000000000000000000", "-10000000000000000000"] {
            assert!(parse(broken).is_err(), "{broken}");
        }
    }
}
