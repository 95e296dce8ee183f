//! S3 Select: a SQL query over the records of one object, in CSV, JSON or Parquet, as the bytes come.
//!
//! Pure: no I/O and no clock. The caller pushes the object's bytes and takes the result's; no more than one record of
//! either is held. The language is that of the reference: `SELECT` with `FROM`, `WHERE` and `LIMIT`, aggregates without
//! groups, and all its functions.
//!
//! 1. [`Query::parse`] reads the expression.
//! 2. [`Scan::new`] joins it with the forms of input and output.
//! 3. [`Scan::push`] takes bytes, [`Scan::read`] looks at them, [`Scan::take`] gives those of the result. Of Parquet it says
//!    which bytes it wants: [`Step::Wants`].
//!
//! Every refusal is a [`SelectError`], by the code that AWS has for it.
//!
//! Source: Amazon S3 User Guide, "SQL reference for Amazon S3 Select"; S3 API Reference, SelectObjectContent.

mod bind;
mod decimal;
mod error;
mod eval;
mod input;
mod json;
mod output;
mod parquet;
mod reader;
mod rows;
mod scan;
mod sql;
mod time;
mod unpack;
mod value;

pub use error::SelectError;
pub use input::{Compression, Csv, Headers, Input, Json};
pub use output::{CsvOutput, Output};
pub use scan::{Plan, Scan, Step};
pub use sql::Query;

/// The longest expression, in bytes.
pub const MOST_EXPRESSION: usize = 256 * 1024;
/// The longest record of the input and of the result, in bytes.
pub const MOST_RECORD: usize = 1024 * 1024;
