//! Reads Thrift's compact protocol without believing what it says of lengths.
//!
//! Source: Apache Thrift, "Thrift Compact protocol encoding".

use super::BAD;
use crate::SelectError;

/// Why reading stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// More bytes are needed.
    Short,
    /// What is there is nothing that can be.
    Bad(SelectError),
}

pub(super) type Got<T> = Result<T, Stop>;

/// The most structures and lists in one another.
const DEEPEST: u8 = 16;
/// The most structures and elements of lists in all.
const MOST_ITEMS: u64 = 4_000_000;

pub(super) const STRUCTURE: u8 = 12;

pub(super) struct Thrift<'a> {
    rest: &'a [u8],
    items: u64,
}

impl<'a> Thrift<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, items: 0 }
    }

    /// Bytes that were not read.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    fn take(&mut self, count: u64) -> Got<&'a [u8]> {
        let count = usize::try_from(count).map_err(|_| bad())?;
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Stop::Short)?;
        self.rest = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Got<u8> {
        let (byte, rest) = self.rest.split_first().ok_or(Stop::Short)?;
        self.rest = rest;
        Ok(*byte)
    }

    fn varint(&mut self) -> Got<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(bad())
    }

    /// A whole number.
    pub(super) fn int(&mut self) -> Got<i64> {
        let number = self.varint()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    /// Calls for each field of a structure, by its number and type; what is called takes the field's value.
    pub(super) fn structure(&mut self, mut field: impl FnMut(&mut Self, i64, u8) -> Got<()>) -> Got<()> {
        self.count(1)?;
        let mut number = 0;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Ok(());
            }
            number = match head >> 4 {
                0 => self.int()?,
                more => number + i64::from(more),
            };
            field(self, number, head & 0x0f)?;
        }
    }

    /// The type and the number of a list's elements. Each has a byte at least.
    pub(super) fn list(&mut self) -> Got<(u8, u64)> {
        let head = self.byte()?;
        let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
        if count > self.rest.len() as u64 {
            return Err(Stop::Short);
        }
        self.count(count)?;
        Ok((head & 0x0f, count))
    }

    fn count(&mut self, items: u64) -> Got<()> {
        self.items += items;
        if self.items > MOST_ITEMS { Err(bad()) } else { Ok(()) }
    }

    pub(super) fn skip(&mut self, kind: u8) -> Got<()> {
        // The value of a boolean field is its type.
        if kind == 1 || kind == 2 { Ok(()) } else { self.skip_in(kind, DEEPEST) }
    }

    fn skip_in(&mut self, kind: u8, depth: u8) -> Got<()> {
        let depth = depth.checked_sub(1).ok_or_else(bad)?;
        match kind {
            1..=3 => self.byte().map(drop),
            4..=6 => self.varint().map(drop),
            7 => self.take(8).map(drop),
            8 => {
                let length = self.varint()?;
                self.take(length).map(drop)
            }
            9 | 10 => {
                let (kind, count) = self.list()?;
                (0..count).try_for_each(|_| self.skip_in(kind, depth))
            }
            11 => self.skip_map(depth),
            STRUCTURE => self.structure(|thrift, _, kind| match kind {
                1 | 2 => Ok(()),
                _ => thrift.skip_in(kind, depth),
            }),
            _ => Err(bad()),
        }
    }

    fn skip_map(&mut self, depth: u8) -> Got<()> {
        let count = self.varint()?;
        if count == 0 {
            return Ok(());
        }
        let kinds = self.byte()?;
        if count > self.rest.len() as u64 {
            return Err(Stop::Short);
        }
        (0..count).try_for_each(|_| {
            self.skip_in(kinds >> 4, depth)?;
            self.skip_in(kinds & 0x0f, depth)
        })
    }
}

pub(super) fn bad() -> Stop {
    Stop::Bad(BAD)
}

impl From<Stop> for SelectError {
    /// Where no more bytes can come.
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Short => Self::ParquetParsingError,
            Stop::Bad(error) => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_that_lie_are_not_believed() {
        // A list of so many structures, a text of so many bytes, lists in one another without end.
        for bytes in [&[0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f][..], &[0xf8, 0xff, 0x7f]] {
            assert_eq!(Thrift::new(bytes).skip(9), Err(Stop::Short));
        }
        assert_eq!(Thrift::new(&[0xff, 0xff, 0x03, b'x']).skip(8), Err(Stop::Short));
        assert_eq!(Thrift::new(&[0x19; 100]).skip(9), Err(bad()));
        assert_eq!(Thrift::new(&[0xff; 20]).int(), Err(bad()));
    }

    #[test]
    fn numbers_are_read() {
        assert_eq!(Thrift::new(&[0x03]).int(), Ok(-2));
        assert_eq!(Thrift::new(&[0x80, 0x02]).int(), Ok(128));
        assert_eq!(Thrift::new(&[0x80]).int(), Err(Stop::Short));
    }
}
