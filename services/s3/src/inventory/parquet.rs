//! Lists in Apache Parquet: one page for each column of a group of rows, plain values, compressed by gzip.
//!
//! Source: Apache Parquet, "File Format" and parquet.thrift; Apache Thrift, "Thrift Compact protocol encoding".

use std::io::Write as _;

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};

use super::{
    cell::{Cell, Column, Kind},
    thrift::Struct,
};
use crate::Error;

const MAGIC: &[u8] = b"PAR1";
/// Rows of a group.
const TOGETHER: usize = 50_000;

// Numbers of the format's enumerations.
const BOOLEAN: i64 = 0;
const INT64: i64 = 2;
const BYTE_ARRAY: i64 = 6;
const UTF8: i64 = 0;
const TIMESTAMP_MILLIS: i64 = 9;
const PLAIN: i64 = 0;
const RLE: i64 = 3;
const GZIP: i64 = 2;

/// A list that is being written.
pub(crate) struct Parquet {
    columns: Vec<Column>,
    file: Vec<u8>,
    /// The rows that are not yet in the file, column by column.
    open: Vec<Vec<Cell>>,
    groups: Vec<Struct>,
    rows: usize,
}

/// The message that describes the columns, as manifests say it.
///
/// Source: S3 User Guide, "Inventory manifest".
pub(crate) fn schema(columns: &[Column]) -> String {
    let columns = columns.iter().map(|column| {
        let repetition = if column.required { "required" } else { "optional" };
        let name = column.lower();
        match column.kind {
            Kind::Text => format!("{repetition} binary {name} (UTF8);"),
            Kind::Flag => format!("{repetition} boolean {name};"),
            Kind::Number => format!("{repetition} int64 {name};"),
            Kind::Moment => format!("{repetition} int64 {name} (TIMESTAMP_MILLIS);"),
        }
    });
    format!("message s3.inventory {{ {} }}", columns.collect::<Vec<_>>().join(" "))
}

impl Parquet {
    pub(crate) fn new(columns: Vec<Column>) -> Self {
        let open = columns.iter().map(|_| Vec::new()).collect();
        Self { columns, file: MAGIC.to_vec(), open, groups: Vec::new(), rows: 0 }
    }

    /// Adds a row, whose cells are of the columns' kinds.
    pub(crate) fn add(&mut self, row: Vec<Cell>) -> Result<(), Error> {
        for (column, cell) in self.open.iter_mut().zip(row) {
            column.push(cell);
        }
        self.rows += 1;
        if self.rows.is_multiple_of(TOGETHER) { self.close_group() } else { Ok(()) }
    }

    /// The file.
    pub(crate) fn finish(mut self) -> Result<Bytes, Error> {
        if self.open.first().is_some_and(|column| !column.is_empty()) {
            self.close_group()?;
        }
        let mut schema = vec![Struct::new().text(4, "s3.inventory").i32(5, self.columns.len() as i64)];
        schema.extend(self.columns.iter().map(element));
        let footer = Struct::new()
            .i32(1, 1)
            .structs(2, &schema)
            .i64(3, self.rows as i64)
            .structs(4, &self.groups)
            .text(6, "kurodo")
            .bytes();
        let length = u32::try_from(footer.len()).map_err(|_| Error::Full)?;
        self.file.extend(footer);
        self.file.extend(length.to_le_bytes());
        self.file.extend(MAGIC);
        Ok(self.file.into())
    }

    fn close_group(&mut self) -> Result<(), Error> {
        let began = self.file.len();
        let rows = self.open.first().map_or(0, Vec::len);
        let mut chunks = Vec::new();
        for (column, cells) in self.columns.iter().zip(&mut self.open) {
            let chunk = chunk(&mut self.file, column, cells)?;
            chunks.push(chunk);
            cells.clear();
        }
        let size = (self.file.len() - began) as i64;
        self.groups.push(Struct::new().structs(1, &chunks).i64(2, size).i64(3, rows as i64));
        Ok(())
    }
}

/// A column in the schema.
fn element(column: &Column) -> Struct {
    let element = Struct::new().i32(1, physical(column.kind)).i32(3, i64::from(!column.required));
    let element = element.text(4, &column.lower());
    match column.kind {
        Kind::Text => element.i32(6, UTF8),
        Kind::Moment => element.i32(6, TIMESTAMP_MILLIS),
        Kind::Flag | Kind::Number => element,
    }
}

fn physical(kind: Kind) -> i64 {
    match kind {
        Kind::Text => BYTE_ARRAY,
        Kind::Flag => BOOLEAN,
        Kind::Number | Kind::Moment => INT64,
    }
}

/// Writes the cells of a column as one page; gives what the footer says of it.
fn chunk(file: &mut Vec<u8>, column: &Column, cells: &[Cell]) -> Result<Struct, Error> {
    let mut page = Vec::new();
    if !column.required {
        levels(&mut page, cells);
    }
    values(&mut page, cells);
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(&page).map_err(|_| Error::Full)?;
    let packed = packed.finish().map_err(|_| Error::Full)?;
    let data = Struct::new().i32(1, cells.len() as i64).i32(2, PLAIN).i32(3, RLE).i32(4, RLE);
    let head =
        Struct::new().i32(1, 0).i32(2, page.len() as i64).i32(3, packed.len() as i64).inner(5, &data).bytes();
    let (at, head_length) = (file.len() as i64, head.len());
    file.extend(head);
    file.extend(&packed);
    let about = Struct::new()
        .i32(1, physical(column.kind))
        .i32s(2, &[PLAIN, RLE])
        .texts(3, &[&column.lower()])
        .i32(4, GZIP)
        .i64(5, cells.len() as i64)
        .i64(6, (head_length + page.len()) as i64)
        .i64(7, (head_length + packed.len()) as i64)
        .i64(9, at);
    Ok(Struct::new().i64(2, at).inner(3, &about))
}

/// Which cells say something: one bit each, in one run.
fn levels(page: &mut Vec<u8>, cells: &[Cell]) {
    let bits = packed(cells.iter().map(|cell| *cell != Cell::Empty));
    let mut run = Vec::new();
    super::thrift::varint(&mut run, (bits.len() as u64) << 1 | 1);
    run.extend(bits);
    page.extend((run.len() as u32).to_le_bytes());
    page.extend(run);
}

/// The cells that say something.
fn values(page: &mut Vec<u8>, cells: &[Cell]) {
    let mut flags = Vec::new();
    for cell in cells {
        match cell {
            Cell::Empty => {}
            Cell::Text(text) => {
                page.extend((text.len() as u32).to_le_bytes());
                page.extend(text.as_bytes());
            }
            Cell::Flag(flag) => flags.push(*flag),
            Cell::Number(number) | Cell::Moment(number) => page.extend(number.to_le_bytes()),
        }
    }
    page.extend(packed(flags.into_iter()));
}

/// Bits, the lowest first.
fn packed(bits: impl Iterator<Item = bool>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (at, bit) in bits.enumerate() {
        if at.is_multiple_of(8) {
            bytes.push(0);
        }
        if let Some(byte) = bytes.last_mut() {
            *byte |= u8::from(bit) << (at % 8);
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, kind: Kind, required: bool) -> Column {
        Column { name: name.to_owned(), kind, required }
    }

    #[test]
    fn the_schema_is_as_manifests_say_it() {
        let columns = [
            column("Bucket", Kind::Text, true),
            column("IsLatest", Kind::Flag, false),
            column("Size", Kind::Number, false),
            column("LastModifiedDate", Kind::Moment, false),
        ];
        assert_eq!(
            schema(&columns),
            "message s3.inventory { required binary bucket (UTF8); optional boolean is_latest; \
             optional int64 size; optional int64 last_modified_date (TIMESTAMP_MILLIS); }"
        );
    }

    #[test]
    fn bits_lie_lowest_first() {
        let nine = [true, false, true, true, false, false, false, false, true];
        assert_eq!(packed(nine.into_iter()), [0b0000_1101, 1]);
        let cells = nine.map(|bit| if bit { Cell::Number(1) } else { Cell::Empty });
        let mut page = Vec::new();
        levels(&mut page, &cells);
        assert_eq!(page, [3, 0, 0, 0, 2 << 1 | 1, 0b0000_1101, 1]);
    }

    #[test]
    fn a_file_begins_and_ends_with_the_mark_and_says_where_its_footer_is() {
        let mut list = Parquet::new(vec![column("Bucket", Kind::Text, true)]);
        list.add(vec![Cell::text("b")]).unwrap();
        let file = list.finish().unwrap();
        assert!(file.starts_with(MAGIC) && file.ends_with(MAGIC));
        let length = file[file.len() - 8..file.len() - 4].try_into().map(u32::from_le_bytes).unwrap();
        assert!((length as usize) < file.len() - 12);
    }
}
