use super::Csv;
use crate::SelectError;

/// The fields of a record of CSV.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    text: String,
    /// Where each field ends in the text.
    ends: Vec<usize>,
}

impl Record {
    pub(crate) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(start..end)
    }

    pub(crate) fn size(&self) -> usize {
        self.text.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).filter_map(|index| self.get(index))
    }

    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }
}

/// Reads the fields of records.
pub(crate) struct Fields {
    csv: Csv,
}

impl Fields {
    pub(crate) fn new(csv: Csv) -> Self {
        Self { csv }
    }

    /// Reads the fields of a record into another; `false` for a record that is empty or a comment.
    ///
    /// # Errors
    /// [`SelectError::InvalidTextEncoding`], [`SelectError::CSVUnescapedQuote`], and
    /// [`SelectError::CSVEscapingRecordDelimiter`] when quotes are open at the end.
    pub(crate) fn read(&self, bytes: &[u8], into: &mut Record) -> Result<bool, SelectError> {
        let text = std::str::from_utf8(bytes).map_err(|_| SelectError::InvalidTextEncoding)?;
        into.clear();
        if text.is_empty() || text.starts_with(&self.csv.comments) {
            return Ok(false);
        }
        let mut rest = Some(text);
        while let Some(field) = rest {
            rest = match field.strip_prefix(self.csv.quote.as_str()) {
                Some(quoted) => self.quoted(quoted, &mut into.text)?,
                None => {
                    let (plain, rest) = match field.split_once(self.csv.field_delimiter.as_str()) {
                        Some((plain, rest)) => (plain, Some(rest)),
                        None => (field, None),
                    };
                    into.text.push_str(plain);
                    rest
                }
            };
            into.ends.push(into.text.len());
        }
        Ok(true)
    }

    /// A field behind its first quote, and what follows the delimiter behind it.
    fn quoted<'a>(&self, text: &'a str, out: &mut String) -> Result<Option<&'a str>, SelectError> {
        let (quote, escape) = (self.csv.quote.as_str(), self.csv.quote_escape.as_str());
        let mut rest = text;
        loop {
            let escaped = rest.strip_prefix(escape).filter(|rest| rest.starts_with(quote));
            if let Some(after) = escaped.and_then(|rest| rest.strip_prefix(quote)) {
                out.push_str(quote);
                rest = after;
                continue;
            }
            if let Some(after) = rest.strip_prefix(quote) {
                if after.is_empty() {
                    return Ok(None);
                }
                let next = after.strip_prefix(self.csv.field_delimiter.as_str());
                return next.map(Some).ok_or(SelectError::CSVUnescapedQuote);
            }
            let Some(next) = rest.chars().next() else {
                return Err(match self.csv.quoted_record_delimiters {
                    true => SelectError::CSVUnescapedQuote,
                    false => SelectError::CSVEscapingRecordDelimiter,
                });
            };
            out.push(next);
            rest = rest.get(next.len_utf8()..).unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(csv: Csv, text: &str) -> Result<Vec<String>, SelectError> {
        let mut record = Record::default();
        Fields::new(csv).read(text.as_bytes(), &mut record)?;
        Ok(record.iter().map(ToOwned::to_owned).collect())
    }

    #[test]
    fn fields_are_read() {
        let plain = Csv::default;
        assert_eq!(read(plain(), "a,b,,d").unwrap(), ["a", "b", "", "d"]);
        assert_eq!(read(plain(), "a,").unwrap(), ["a", ""]);
        assert_eq!(read(plain(), "\"a,b\",\"\",\"say \"\"hi\"\"\"").unwrap(), ["a,b", "", "say \"hi\""]);
        assert_eq!(read(plain(), "x\"y,z").unwrap(), ["x\"y", "z"]);
        assert!(read(plain(), "# a,b").unwrap().is_empty());
        let escaped = Csv { quote_escape: "\\".into(), field_delimiter: "ä".into(), ..Csv::default() };
        assert_eq!(read(escaped, "\"a\\\"b\"äc").unwrap(), ["a\"b", "c"]);
    }

    #[test]
    fn quotes_are_closed() {
        assert_eq!(read(Csv::default(), "\"a"), Err(SelectError::CSVEscapingRecordDelimiter));
        assert_eq!(read(Csv::default(), "\"a\"b,c"), Err(SelectError::CSVUnescapedQuote));
        let quoted = Csv { quoted_record_delimiters: true, ..Csv::default() };
        assert_eq!(read(quoted, "\"a"), Err(SelectError::CSVUnescapedQuote));
        let mut record = Record::default();
        let fields = Fields::new(Csv::default());
        assert_eq!(fields.read(b"\xff", &mut record), Err(SelectError::InvalidTextEncoding));
    }
}
