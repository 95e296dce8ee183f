use super::{
    BAD,
    thrift::{Got, Stop, Thrift, bad},
};
use crate::SelectError;

/// What stands before a page.
///
/// Source: Apache Parquet, parquet.thrift, `PageHeader`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Header {
    kind: i64,
    /// The lengths of the page as it lies there, and unpacked, in bytes.
    pub(super) packed: usize,
    pub(super) unpacked: usize,
    pub(super) crc: Option<u32>,
    pub(super) values: usize,
    pub(super) encoding: i64,
    def_encoding: i64,
    rep_encoding: i64,
    def_bytes: usize,
    rep_bytes: usize,
    plain: bool,
}

/// What a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Levels lie before the values, each behind its length.
    First,
    /// Levels of these lengths, of repetition and definition, lie before the values and are never packed.
    Second(usize, usize),
    Dictionary,
    /// An index, which nobody writes.
    Other,
}

/// The encoding of levels.
const RUNS: i64 = 3;

impl Header {
    /// The header that the bytes begin with, and its length. Needs no more bytes than it has.
    pub(super) fn read(bytes: &[u8]) -> Got<(Self, usize)> {
        let (mut header, mut thrift) = (Self::default(), Thrift::new(bytes));
        header.kind = -1;
        thrift.structure(|thrift, number, kind| match number {
            1 => thrift.int().map(|kind| header.kind = kind),
            2 => size(thrift).map(|size| header.unpacked = size),
            3 => size(thrift).map(|size| header.packed = size),
            4 => thrift.int().map(|crc| header.crc = Some(i32::try_from(crc).unwrap_or(0).cast_unsigned())),
            5 => thrift.structure(|thrift, number, kind| header.first(thrift, number, kind)),
            7 => thrift.structure(|thrift, number, kind| match number {
                1 => size(thrift).map(|size| header.values = size),
                2 => thrift.int().map(|encoding| header.encoding = encoding),
                _ => thrift.skip(kind),
            }),
            8 => thrift.structure(|thrift, number, kind| header.second(thrift, number, kind)),
            _ => thrift.skip(kind),
        })?;
        Ok((header, bytes.len() - thrift.left()))
    }

    fn first(&mut self, thrift: &mut Thrift<'_>, number: i64, kind: u8) -> Got<()> {
        match number {
            1 => size(thrift).map(|size| self.values = size),
            2 => thrift.int().map(|encoding| self.encoding = encoding),
            3 => thrift.int().map(|encoding| self.def_encoding = encoding),
            4 => thrift.int().map(|encoding| self.rep_encoding = encoding),
            _ => thrift.skip(kind),
        }
    }

    fn second(&mut self, thrift: &mut Thrift<'_>, number: i64, kind: u8) -> Got<()> {
        match number {
            1 => size(thrift).map(|size| self.values = size),
            4 => thrift.int().map(|encoding| self.encoding = encoding),
            5 => size(thrift).map(|size| self.def_bytes = size),
            6 => size(thrift).map(|size| self.rep_bytes = size),
            7 => {
                self.plain = kind == 2;
                Ok(())
            }
            _ => thrift.skip(kind),
        }
    }

    /// What the page is, for a column with levels or without.
    pub(super) fn kind(&self, def: u32, rep: u32) -> Result<Kind, SelectError> {
        let encoded = (def == 0 || self.def_encoding == RUNS) && (rep == 0 || self.rep_encoding == RUNS);
        match self.kind {
            0 if encoded => Ok(Kind::First),
            2 if matches!(self.encoding, 0 | 2) => Ok(Kind::Dictionary),
            3 => Ok(Kind::Second(self.rep_bytes, self.def_bytes)),
            1 => Ok(Kind::Other),
            _ => Err(BAD),
        }
    }

    /// Whether the values are not packed, although the column's pages are.
    pub(super) fn is_plain(&self) -> bool {
        self.kind == 3 && self.plain
    }
}

fn size(thrift: &mut Thrift<'_>) -> Result<usize, Stop> {
    let size = i32::try_from(thrift.int()?).map_err(|_| bad())?;
    usize::try_from(size).map_err(|_| bad())
}
