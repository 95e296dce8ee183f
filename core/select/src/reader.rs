use crate::{
    SelectError,
    input::{Csv, Fields, Headers, Input, Json, Lines, Record, Walk},
    parquet::Parquet,
    rows::Rows,
    sql::Query,
};

/// How records are found.
pub(crate) enum Reader {
    Csv {
        lines: Lines,
        fields: Fields,
        record: Record,
        headers: Headers,
        names: Option<Vec<String>>,
    },
    /// `within`: whether a line is not read to its end.
    Lines {
        lines: Lines,
        walk: Walk,
        within: bool,
    },
    Document(Walk),
    Parquet(Box<Parquet>),
}

impl Reader {
    pub(crate) fn new(input: Input, query: &Query, from: u64, range: (u64, u64)) -> Self {
        let walk = || Walk::new(query.from.clone());
        match input {
            Input::Csv(csv) => Self::csv(csv, from),
            Input::Json(Json::Lines) => {
                Self::Lines { lines: Lines::new("\n", from), walk: walk(), within: false }
            }
            Input::Json(Json::Document) => Self::Document(walk()),
            Input::Parquet(size) => Self::Parquet(Box::new(Parquet::new(size, range))),
        }
    }

    fn csv(csv: Csv, from: u64) -> Self {
        let mut lines = Lines::new(&csv.record_delimiter, from);
        if csv.quoted_record_delimiters {
            lines = lines.quoting(&csv.quote, &csv.quote_escape, &csv.field_delimiter);
        }
        // Where the range begins later, the first record is not in it.
        let headers = if from > 0 && csv.headers == Headers::Ignore { Headers::None } else { csv.headers };
        Self::Csv { lines, fields: Fields::new(csv), record: Record::default(), headers, names: None }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        match self {
            Self::Csv { lines, .. } | Self::Lines { lines, .. } => lines.push(bytes),
            Self::Document(walk) => walk.push(bytes),
            Self::Parquet(parquet) => parquet.push(bytes),
        }
    }

    /// Reads the names of the columns from the object's first bytes; `false` when they are not there yet.
    pub(crate) fn header(&mut self, bytes: &[u8], last: bool, rows: &mut Rows) -> Result<bool, SelectError> {
        let Self::Csv { lines, fields, record, headers, names } = self else { return Ok(true) };
        let mut first = lines.afresh();
        first.push(bytes);
        while let Some((_, line)) = first.next(last)? {
            if fields.read(line, record)? {
                *names = Some(rows.named(record)?);
                *headers = Headers::None;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reads records until more bytes are needed, the result is to be taken, or nothing more is wanted.
    pub(crate) fn read(&mut self, last: bool, range: (u64, u64), rows: &mut Rows) -> Result<(), SelectError> {
        match self {
            Self::Csv { lines, fields, record, headers, names } => {
                while let Some(line) = within(lines, last, range, rows)? {
                    if !fields.read(line, record)? {
                        continue;
                    }
                    match std::mem::take(headers) {
                        Headers::None => rows.csv(record, names.as_deref())?,
                        Headers::Ignore => {}
                        Headers::Use => *names = Some(rows.named(record)?),
                    }
                }
            }
            Self::Lines { lines, walk, within } => loop {
                if *within {
                    *within = !rows.walk(walk, true)?;
                }
                if *within {
                    return Ok(());
                }
                let Some(line) = self::within(lines, last, range, rows)? else { return Ok(()) };
                walk.push(line);
                *within = true;
            },
            Self::Document(walk) => _ = rows.walk(walk, last)?,
            // It says on its own what it needs.
            Self::Parquet(_) => {}
        }
        Ok(())
    }
}

/// The next record that begins in the range, as long as any is wanted.
fn within<'a>(
    lines: &'a mut Lines,
    last: bool,
    (start, end): (u64, u64),
    rows: &mut Rows,
) -> Result<Option<&'a [u8]>, SelectError> {
    if rows.done || rows.must_pause() {
        return Ok(None);
    }
    if lines.begins() < start && lines.next(last)?.is_none() {
        return Ok(None);
    }
    if lines.begins() > end {
        rows.done = true;
        return Ok(None);
    }
    Ok(lines.next(last)?.map(|(_, line)| line))
}
