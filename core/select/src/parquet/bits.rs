use bytes::Bytes;

use super::BAD;
use crate::SelectError;

/// Numbers of a few bits each, in runs of one number and in packs of eight.
///
/// Source: Apache Parquet, "Encodings", "Run Length Encoding / Bit-Packing Hybrid".
pub(super) struct Hybrid {
    bytes: Bytes,
    at: usize,
    /// Bits of a number, 32 at most.
    width: u32,
    run: Run,
}

enum Run {
    Same { left: u64, number: u32 },
    Packed { left: u64, bit: usize },
}

impl Hybrid {
    pub(super) fn new(bytes: Bytes, width: u32) -> Result<Self, SelectError> {
        if width > 32 {
            return Err(BAD);
        }
        Ok(Self { bytes, at: 0, width, run: Run::Same { left: 0, number: 0 } })
    }

    pub(super) fn next(&mut self) -> Result<u32, SelectError> {
        loop {
            match &mut self.run {
                Run::Same { left, number } if *left > 0 => {
                    *left -= 1;
                    return Ok(*number);
                }
                Run::Packed { left, bit } if *left > 0 => {
                    *left -= 1;
                    let at = *bit;
                    *bit += self.width as usize;
                    let number = packed(&self.bytes, at, self.width)?;
                    return u32::try_from(number).map_err(|_| BAD);
                }
                _ => self.run = self.begin()?,
            }
        }
    }

    fn begin(&mut self) -> Result<Run, SelectError> {
        let head = varint(&self.bytes, &mut self.at)?;
        let count = head >> 1;
        if head & 1 == 1 {
            let (bit, left) = (self.at * 8, count.checked_mul(8).ok_or(BAD)?);
            let bytes =
                count.checked_mul(u64::from(self.width)).and_then(|bytes| usize::try_from(bytes).ok());
            self.at = bytes.and_then(|bytes| self.at.checked_add(bytes)).ok_or(BAD)?;
            return Ok(Run::Packed { left, bit });
        }
        let length = self.width.div_ceil(8) as usize;
        let bytes = self.bytes.get(self.at..self.at + length).ok_or(BAD)?;
        self.at += length;
        let number = bytes.iter().rev().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
        Ok(Run::Same { left: count, number })
    }
}

/// A number of up to 64 bits that begins at a bit, the least significant first.
pub(super) fn packed(bytes: &[u8], bit: usize, width: u32) -> Result<u64, SelectError> {
    let (first, shift) = (bit / 8, bit % 8);
    let end = (bit + width as usize).div_ceil(8);
    let bytes = bytes.get(first..end).ok_or(BAD)?;
    let wide = bytes.iter().rev().fold(0_u128, |number, byte| number << 8 | u128::from(*byte)) >> shift;
    let mask = (1_u128 << width) - 1;
    u64::try_from(wide & mask).map_err(|_| BAD)
}

/// A number in groups of seven bits; it moves behind it.
pub(super) fn varint(bytes: &[u8], at: &mut usize) -> Result<u64, SelectError> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(*at).ok_or(BAD)?;
        *at += 1;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(BAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the reference: 0 to 7 in three bits each; and a run.
    #[test]
    fn runs_and_packs_are_read() {
        let bytes = Bytes::from_static(&[0x03, 0b1000_1000, 0b1100_0110, 0b1111_1010, 0x06, 0x05]);
        let mut hybrid = Hybrid::new(bytes, 3).unwrap();
        let numbers: Vec<_> = (0..11).map(|_| hybrid.next().unwrap()).collect();
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6, 7, 5, 5, 5]);
        assert_eq!(hybrid.next(), Err(SelectError::ParquetParsingError));
    }

    #[test]
    fn what_is_cut_off_is_no_number() {
        for bytes in [&[0x03, 0x88][..], &[0x06], &[0xff; 12], &[]] {
            let mut hybrid = Hybrid::new(Bytes::copy_from_slice(bytes), 20).unwrap();
            assert!((0..9).any(|_| hybrid.next().is_err()), "{bytes:?}");
        }
        assert!(Hybrid::new(Bytes::new(), 33).is_err());
    }
}
