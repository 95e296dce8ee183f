//! Records, as they come out of the bytes.

mod csv;
mod lines;
mod tokens;
mod tree;
mod walk;

pub(crate) use csv::{Fields, Record};
pub(crate) use lines::Lines;
pub(crate) use walk::Walk;

use crate::SelectError;

/// How an object is compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// RFC 1952.
    Gzip,
    /// bzip2.
    Bzip2,
}

/// The form of an object.
#[derive(Clone, Debug)]
pub enum Input {
    /// Records of fields.
    Csv(Csv),
    /// Values.
    Json(Json),
    /// Columns. The object has this length in bytes.
    Parquet(u64),
}

/// What the first record of CSV is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Headers {
    /// A record like all others.
    #[default]
    None,
    /// The names of the columns; nobody uses them.
    Ignore,
    /// The names of the columns.
    Use,
}

/// CSV, as S3 Select reads it.
#[derive(Clone, Debug)]
pub struct Csv {
    /// What the first record is.
    pub headers: Headers,
    /// What a record that says nothing begins with.
    pub comments: String,
    /// What a quote within quotes has before it.
    pub quote_escape: String,
    /// What ends a record. A line feed may have a carriage return before it.
    pub record_delimiter: String,
    /// What stands between fields.
    pub field_delimiter: String,
    /// What stands around fields.
    pub quote: String,
    /// Whether a record goes on behind a delimiter within quotes.
    pub quoted_record_delimiters: bool,
}

impl Default for Csv {
    fn default() -> Self {
        Self {
            headers: Headers::None,
            comments: "#".into(),
            quote_escape: "\"".into(),
            record_delimiter: "\n".into(),
            field_delimiter: ",".into(),
            quote: "\"".into(),
            quoted_record_delimiters: false,
        }
    }
}

impl Csv {
    /// # Errors
    /// [`SelectError::InvalidRequestParameter`] when a sign is not one character, or the delimiter of records is more than
    /// two, or two signs are the same that must not be.
    pub(crate) fn check(&self) -> Result<(), SelectError> {
        let one = |text: &str| text.chars().count() == 1;
        let signs = [&self.comments, &self.quote_escape, &self.field_delimiter, &self.quote];
        let good = signs.into_iter().all(|sign| one(sign))
            && (1..=2).contains(&self.record_delimiter.chars().count())
            && self.field_delimiter != self.record_delimiter
            && self.quote != self.field_delimiter
            && !self.record_delimiter.contains(&self.quote);
        if good { Ok(()) } else { Err(SelectError::InvalidRequestParameter) }
    }
}

/// JSON, as S3 Select reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Json {
    /// Values one after the other, each over as many lines as it likes.
    Document,
    /// Every line is a value.
    Lines,
}
