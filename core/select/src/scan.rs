use crate::{
    SelectError,
    bind::Names,
    input::{Compression, Headers, Input, Json},
    output::Output,
    reader::Reader,
    rows::Rows,
    sql::Query,
    time::Stamp,
    unpack::Unpack,
};

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The query.
    pub query: Query,
    /// The object's form.
    pub input: Input,
    /// How it is compressed.
    pub compression: Compression,
    /// The result's form.
    pub output: Output,
    /// Where the records begin that count: from the first byte to the last one. All, when there is none.
    pub range: Option<(u64, u64)>,
    /// What UTCNOW is, in milliseconds since 1970.
    pub now_ms: i64,
}

/// A query on its way through an object.
pub struct Scan {
    rows: Rows,
    unpack: Unpack,
    reader: Reader,
    range: (u64, u64),
    processed: u64,
    /// Whether all of the object was pushed.
    ended: bool,
    /// Whether all of it was unpacked.
    last: bool,
}

/// How far a scan came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It needs more of the object.
    Hungry,
    /// It needs these bytes of the object, from the first to before the last, and no others before.
    Wants {
        /// Where they begin.
        start: u64,
        /// Where they end.
        end: u64,
    },
    /// It has done some work, and goes on when it is asked again.
    Again,
    /// The result is to be taken before it goes on.
    Full,
    /// The result is whole.
    Done,
}

impl Plan {
    /// Where the object's bytes are to be read from: the end of the record before must be seen.
    #[must_use]
    pub fn first_byte(&self) -> u64 {
        let delimiter = match &self.input {
            Input::Csv(csv) => csv.record_delimiter.len(),
            Input::Json(_) => 1,
            // It says on its own what it wants.
            Input::Parquet(_) => return u64::MAX,
        };
        self.range.map_or(0, |(start, _)| start.saturating_sub(delimiter as u64))
    }

    /// Whether the object's first record must be pushed by [`Scan::push_header`] before the rest.
    #[must_use]
    pub fn needs_header(&self) -> bool {
        let uses = matches!(&self.input, Input::Csv(csv) if csv.headers == Headers::Use);
        uses && self.range.is_some_and(|(start, _)| start > 0)
    }

    /// # Errors
    /// The code for what does not go together.
    fn check(&self) -> Result<(), SelectError> {
        self.output.check()?;
        if let Input::Csv(csv) = &self.input {
            csv.check()?;
        }
        if self.query.wild && !matches!(self.input, Input::Json(_)) {
            return Err(SelectError::InvalidKeyPath);
        }
        // Columns are packed each by itself, and never the whole.
        if matches!(self.input, Input::Parquet(_)) && self.compression != Compression::None {
            return Err(SelectError::InvalidRequestParameter);
        }
        let whole = match &self.input {
            Input::Csv(csv) => csv.quoted_record_delimiters,
            Input::Json(json) => *json == Json::Document,
            Input::Parquet(_) => false,
        };
        match self.range {
            Some(_) if whole || self.compression != Compression::None => {
                Err(SelectError::UnsupportedScanRangeInput)
            }
            Some((start, end)) if start > end => Err(SelectError::InvalidScanRange),
            _ => Ok(()),
        }
    }
}

impl Scan {
    /// # Errors
    /// The code for what does not go together, or for a name that the input cannot have.
    pub fn new(plan: Plan) -> Result<Self, SelectError> {
        plan.check()?;
        let from = plan.first_byte();
        let named = matches!(&plan.input, Input::Csv(csv) if csv.headers == Headers::Use);
        let Plan { mut query, input, compression, output, range, now_ms } = plan;
        let range = range.unwrap_or((0, u64::MAX));
        let reader = Reader::new(input, &query, from, range);
        match &reader {
            Reader::Csv { .. } if named => {}
            Reader::Csv { .. } => query.bind(&Names::Csv(None))?,
            // Its names come later.
            Reader::Parquet(_) => {}
            _ => query.bind(&Names::Json)?,
        }
        let now = Stamp::from_millis(now_ms).ok_or(SelectError::ExternalEvalException)?;
        let rows = Rows::new(query, output, now);
        let unpack = Unpack::new(compression);
        Ok(Self { rows, unpack, reader, range, processed: 0, ended: false, last: false })
    }

    /// Bytes that were looked at, unpacked.
    #[must_use]
    pub fn processed(&self) -> u64 {
        match &self.reader {
            Reader::Parquet(parquet) => parquet.processed(),
            _ => self.processed,
        }
    }

    /// About how many bytes of the object it holds, beyond a record.
    #[must_use]
    pub fn held(&self) -> usize {
        match &self.reader {
            Reader::Parquet(parquet) => parquet.held(),
            _ => 0,
        }
    }

    /// The bytes of the result since the last time.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.rows.out)
    }

    /// Takes the object's first bytes, which have the names of the columns; the range begins later.
    ///
    /// # Errors
    /// The code for what is wrong with them.
    pub fn push_header(&mut self, bytes: &[u8], last: bool) -> Result<bool, SelectError> {
        self.reader.header(bytes, last, &mut self.rows)
    }

    /// Takes more of the object, once [`Scan::read`] is hungry.
    pub fn push(&mut self, bytes: &[u8]) {
        match &mut self.reader {
            Reader::Parquet(parquet) => parquet.push(bytes),
            _ => self.unpack.push(bytes),
        }
    }

    /// Says that this was all of the object.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Looks at records. It stops where the result is to be taken first, and after some work, so that neither few bytes of an
    /// object nor long conditions become much at once.
    ///
    /// # Errors
    /// The code for what ends the query.
    pub fn read(&mut self) -> Result<Step, SelectError> {
        self.rows.refuel();
        if let Reader::Parquet(parquet) = &mut self.reader {
            return parquet.read(self.ended, &mut self.rows);
        }
        loop {
            self.reader.read(self.last, self.range, &mut self.rows)?;
            if self.rows.is_full() {
                return Ok(Step::Full);
            }
            if self.rows.is_tired() {
                return Ok(Step::Again);
            }
            if self.last || self.rows.done {
                self.rows.finish()?;
                return Ok(Step::Done);
            }
            let more = match self.unpack.next()? {
                Some(more) => more,
                None if !self.ended => return Ok(Step::Hungry),
                None => {
                    self.last = true;
                    self.unpack.finish()?
                }
            };
            self.processed += more.len() as u64;
            self.rows.work(more.len());
            self.reader.push(&more);
        }
    }
}
