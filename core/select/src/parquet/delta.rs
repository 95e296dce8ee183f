use bytes::Bytes;

use super::{
    BAD,
    bits::{packed, varint},
};
use crate::SelectError;

/// Whole numbers as differences, in blocks of a least difference and packs above it.
///
/// Source: Apache Parquet, "Encodings", "Delta Encoding".
pub(super) struct Deltas {
    bytes: Bytes,
    at: usize,
    /// Packs of a block, and numbers of a pack.
    packs: usize,
    pack: usize,
    /// Numbers that were not given.
    left: u64,
    last: i64,
    /// Whether the first number, which is in the header, was given.
    begun: bool,
    block: Block,
}

/// The block that is being read.
#[derive(Default)]
struct Block {
    least: i64,
    /// Where the widths of its packs not begun are.
    widths: std::ops::Range<usize>,
    width: u32,
    /// Where the next number of the pack is, in bits, and how many more it has.
    bit: usize,
    left: usize,
}

/// The largest block, in numbers. Writers have 128 or a few times that.
const LARGEST: u64 = 1 << 20;

impl Deltas {
    pub(super) fn new(bytes: Bytes) -> Result<Self, SelectError> {
        let mut at = 0;
        let (block, packs) = (varint(&bytes, &mut at)?, varint(&bytes, &mut at)?);
        let (left, last) = (varint(&bytes, &mut at)?, zigzag(varint(&bytes, &mut at)?));
        if packs == 0
            || block > LARGEST
            || !block.is_multiple_of(packs)
            || !(block / packs).is_multiple_of(32)
        {
            return Err(BAD);
        }
        let size = |number: u64| usize::try_from(number).map_err(|_| BAD);
        let (packs, pack) = (size(packs)?, size(block / packs)?);
        let block = Block::default();
        Ok(Self { bytes, at, packs, pack, left, last, begun: false, block })
    }

    pub(super) fn next(&mut self) -> Result<i64, SelectError> {
        self.left = self.left.checked_sub(1).ok_or(BAD)?;
        if !std::mem::replace(&mut self.begun, true) {
            return Ok(self.last);
        }
        while self.block.left == 0 {
            self.begin()?;
        }
        let block = &mut self.block;
        let above = packed(&self.bytes, block.bit, block.width)?.cast_signed();
        block.left -= 1;
        block.bit += block.width as usize;
        self.last = self.last.wrapping_add(block.least).wrapping_add(above);
        Ok(self.last)
    }

    /// Begins the next pack.
    fn begin(&mut self) -> Result<(), SelectError> {
        if self.block.widths.is_empty() {
            self.block.least = zigzag(varint(&self.bytes, &mut self.at)?);
            self.block.widths = self.at..self.at + self.packs;
            self.at += self.packs;
        }
        let width = self.block.widths.next().and_then(|at| self.bytes.get(at)).ok_or(BAD)?;
        self.block.width = u32::from(*width);
        if self.block.width > 64 {
            return Err(BAD);
        }
        (self.block.bit, self.block.left) = (self.at * 8, self.pack);
        self.at += self.pack / 8 * self.block.width as usize;
        Ok(())
    }

    /// Where all numbers end, as long as none was given. The last block has no packs without numbers.
    pub(super) fn end(&self) -> Result<usize, SelectError> {
        let (mut at, mut left) = (self.at, self.left.saturating_sub(1));
        while left > 0 {
            varint(&self.bytes, &mut at)?;
            let widths = self.bytes.get(at..at + self.packs).ok_or(BAD)?;
            at += self.packs;
            for width in widths {
                if left == 0 {
                    break;
                }
                at += self.pack / 8 * usize::from(*width);
                left = left.saturating_sub(self.pack as u64);
            }
        }
        Ok(at)
    }
}

fn zigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first example of the reference, in blocks of 128 and packs of 32.
    #[test]
    fn differences_become_numbers() {
        let bytes = Bytes::from_static(&[128, 1, 4, 5, 2, 2, 0, 0, 0, 0]);
        let mut deltas = Deltas::new(bytes).unwrap();
        assert_eq!(deltas.end(), Ok(10));
        let numbers: Vec<_> = (0..5).map(|_| deltas.next().unwrap()).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5]);
        assert_eq!(deltas.next(), Err(BAD));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for bytes in
            [&[128, 1, 0, 5, 2][..], &[0x80, 0x80, 0x80, 0x80, 1, 4, 5, 2], &[100, 4, 5, 2], &[128, 1, 4]]
        {
            assert!(Deltas::new(Bytes::copy_from_slice(bytes)).is_err(), "{bytes:?}");
        }
        let mut short = Deltas::new(Bytes::from_static(&[128, 1, 4, 99, 2, 2, 9])).unwrap();
        assert!(short.next().is_ok() && short.next().is_err() && short.end().is_err());
    }
}
