//! What stands at the end of a file: its columns, and where their values lie.

use std::panic::{AssertUnwindSafe, catch_unwind};

use parquet::{
    basic::CompressionCodec,
    file::metadata::{
        ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataOptions, ParquetMetaDataReader,
        ParquetStatisticsPolicy, RowGroupMetaData,
    },
};

use super::{
    BAD,
    thrift::{Got, STRUCTURE, Stop, Thrift, bad},
    unpack::Codec,
};
use crate::SelectError;

/// The length of the end: that of the footer, and the sign of a file.
pub(super) const END: u64 = 8;
/// The longest footer, in bytes.
const MOST_FOOTER: u64 = 16 * 1024 * 1024;
/// The most columns and groups of columns.
const MOST_COLUMNS: u64 = 20_000;
/// The most groups one in another.
const DEEPEST: usize = 32;
/// The most groups of rows, and pieces of columns in them.
const MOST_PIECES: u64 = 200_000;
/// The largest group of rows, in bytes, unpacked.
///
/// Source: Amazon S3 User Guide, "Requirements and limits".
pub(super) const MOST_GROUP: u64 = 512 * 1024 * 1024;
/// The most rows of a group. Their count is told, and may be of nothing.
const MOST_ROWS: u64 = 1 << 32;

/// The length of the footer before the end.
pub(super) fn length(end: &[u8], size: u64) -> Result<u64, SelectError> {
    let (length, sign) = end.split_first_chunk().ok_or(BAD)?;
    let length = u64::from(u32::from_le_bytes(*length));
    // The sign is at the beginning, too.
    if sign != b"PAR1" || length > size.saturating_sub(END + 4) {
        return Err(BAD);
    }
    if length > MOST_FOOTER { Err(SelectError::OverMaxColumn) } else { Ok(length) }
}

/// Reads the footer, once it is known that what it has is bounded.
pub(super) fn read(footer: &[u8]) -> Result<ParquetMetaData, SelectError> {
    check(footer)?;
    let skip = || ParquetStatisticsPolicy::SkipAll;
    let options = ParquetMetaDataOptions::new()
        .with_encoding_stats_policy(skip())
        .with_column_stats_policy(skip())
        .with_size_stats_policy(skip());
    let read = || ParquetMetaDataReader::decode_metadata_with_options(footer, Some(&options));
    // The decoder is another's, and what it meets is a stranger's.
    catch_unwind(AssertUnwindSafe(read)).map_err(|_| BAD)?.map_err(|_| BAD)
}

/// Walks through the footer without making anything of it.
///
/// Source: Apache Parquet, parquet.thrift, `FileMetaData`.
fn check(footer: &[u8]) -> Result<(), SelectError> {
    let mut pieces = 0;
    Thrift::new(footer).structure(|thrift, number, kind| match number {
        2 => schema(thrift),
        4 => groups(thrift, &mut pieces),
        _ => thrift.skip(kind),
    })?;
    Ok(())
}

fn structures(thrift: &mut Thrift<'_>) -> Got<u64> {
    match thrift.list()? {
        (STRUCTURE, count) => Ok(count),
        _ => Err(bad()),
    }
}

/// The tree of columns, flat: each element says how many follow that are in it.
fn schema(thrift: &mut Thrift<'_>) -> Got<()> {
    let count = structures(thrift)?;
    if count > MOST_COLUMNS {
        return Err(Stop::Bad(SelectError::OverMaxColumn));
    }
    let mut open: Vec<i64> = Vec::new();
    for _ in 0..count {
        let mut children = 0;
        thrift.structure(|thrift, number, kind| match number {
            5 => thrift.int().map(|count| children = count),
            _ => thrift.skip(kind),
        })?;
        if let Some(left) = open.last_mut() {
            *left -= 1;
        }
        open.push(children);
        while open.last().is_some_and(|left| *left <= 0) {
            open.pop();
        }
        if open.len() > DEEPEST {
            return Err(bad());
        }
    }
    Ok(())
}

fn groups(thrift: &mut Thrift<'_>, pieces: &mut u64) -> Got<()> {
    let mut count = |more: u64| {
        *pieces += more;
        if *pieces > MOST_PIECES { Err(Stop::Bad(SelectError::OverMaxColumn)) } else { Ok(more) }
    };
    for _ in 0..structures(thrift).and_then(&mut count)? {
        thrift.structure(|thrift, number, kind| match number {
            1 => {
                let count = structures(thrift).and_then(&mut count)?;
                (0..count).try_for_each(|_| thrift.skip(STRUCTURE))
            }
            _ => thrift.skip(kind),
        })?;
    }
    Ok(())
}

/// Rows that lie together.
pub(super) struct Group {
    pub(super) rows: u64,
    /// Of the columns that are wanted, in their order.
    pub(super) chunks: Vec<Chunk>,
}

/// Where a column's values of a group lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk {
    pub(super) codec: Codec,
    /// The next byte of the object that was not read, and the first one behind.
    pub(super) next: u64,
    pub(super) end: u64,
    /// Values that were not found yet, with nulls and empty lists.
    pub(super) values: u64,
}

/// The groups that begin in a range, with these columns; in an object of this size.
pub(super) fn wanted(
    metadata: &ParquetMetaData,
    columns: &[usize],
    range: (u64, u64),
    size: u64,
) -> Result<Vec<Group>, SelectError> {
    let mut groups = Vec::new();
    for group in metadata.row_groups() {
        let first = group.columns().first().map_or(Ok(0), begin)?;
        if (range.0..=range.1).contains(&first) {
            groups.push(one(group, columns, size)?);
        }
    }
    Ok(groups)
}

fn one(group: &RowGroupMetaData, columns: &[usize], size: u64) -> Result<Group, SelectError> {
    let rows = u64::try_from(group.num_rows()).map_err(|_| BAD)?;
    let bytes = u64::try_from(group.total_byte_size()).map_err(|_| BAD)?;
    if bytes > MOST_GROUP || rows > MOST_ROWS {
        return Err(SelectError::OverMaxParquetBlockSize);
    }
    let chunk = |column: &usize| chunk(group.columns().get(*column).ok_or(BAD)?, size);
    Ok(Group { rows, chunks: columns.iter().map(chunk).collect::<Result<_, _>>()? })
}

/// Where a piece of a column begins: with its dictionary, if it has one.
fn begin(chunk: &ColumnChunkMetaData) -> Result<u64, SelectError> {
    let data = chunk.data_page_offset();
    // Some writers say 0 where there is none.
    let first = chunk.dictionary_page_offset().filter(|at| *at > 0).map_or(data, |at| at.min(data));
    u64::try_from(first).map_err(|_| BAD)
}

fn chunk(chunk: &ColumnChunkMetaData, size: u64) -> Result<Chunk, SelectError> {
    let codec = match chunk.compression_codec() {
        CompressionCodec::UNCOMPRESSED => Codec::Plain,
        CompressionCodec::SNAPPY => Codec::Snappy,
        CompressionCodec::GZIP => Codec::Gzip,
        _ => return Err(SelectError::ParquetUnsupportedCompressionCodec),
    };
    let next = begin(chunk)?;
    let length = u64::try_from(chunk.compressed_size()).map_err(|_| BAD)?;
    let end = next.checked_add(length).filter(|end| *end <= size).ok_or(BAD)?;
    let values = u64::try_from(chunk.num_values()).map_err(|_| BAD)?;
    // Of another file there is nothing.
    if chunk.file_path().is_some() { Err(BAD) } else { Ok(Chunk { codec, next, end, values }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_says_how_long_the_footer_is() {
        assert_eq!(length(b"\x05\0\0\0PAR1", 17), Ok(5));
        assert_eq!(length(b"\x06\0\0\0PAR1", 17), Err(BAD));
        assert_eq!(length(b"\x05\0\0\0PARE", 17), Err(BAD));
        assert_eq!(length(b"\xff\xff\xff\xffPAR1", u64::MAX), Err(SelectError::OverMaxColumn));
        assert_eq!(length(b"PAR1", 4), Err(BAD));
    }

    /// A schema of this many elements, each in the one before.
    fn nested(count: u8) -> Vec<u8> {
        let elements = (0..count).flat_map(|_| [0x48, 1, b'a', 0x15, 2, 0]);
        [0x29, 0xfc, count].into_iter().chain(elements).chain([0]).collect()
    }

    #[test]
    fn a_tree_too_deep_or_too_wide_is_not_built() {
        assert_eq!(check(&nested(20)), Ok(()));
        assert_eq!(check(&nested(100)), Err(BAD));
        let wide = [&[0x29, 0xfc, 0xa1, 0x9c, 0x01][..], &[0; 30_000]].concat();
        assert_eq!(check(&wide), Err(SelectError::OverMaxColumn));
    }
}
