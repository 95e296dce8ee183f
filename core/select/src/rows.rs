use crate::{
    SelectError,
    bind::Names,
    eval::{Gathering, Row, Scope},
    input::{Record, Walk},
    json::Node,
    output::Output,
    sql::{Projection, Query},
    time::Stamp,
    value::Value,
};

/// So many bytes of a result are enough to be taken.
const FULL: usize = 128 * 1024;

/// The work between two pauses: expressions of rows of up to 1 KiB, of longer ones in proportion.
const WORK: u64 = 100_000;

/// What is made of rows.
pub(crate) struct Rows {
    pub(crate) query: Query,
    gatherings: Vec<Gathering>,
    output: Output,
    now: Stamp,
    /// How many more records the result takes.
    left: u64,
    /// Whether no more rows are wanted.
    pub(crate) done: bool,
    /// What a row costs: the expressions that are computed for it.
    cost: u64,
    /// How much work may be done before the next pause.
    fuel: u64,
    /// The result, as far as it was not taken.
    pub(crate) out: Vec<u8>,
}

impl Rows {
    pub(crate) fn new(query: Query, output: Output, now: Stamp) -> Self {
        let mut query = query;
        let cost = 1 + query.size();
        let gatherings = query.aggregates.iter().map(|(aggregate, _)| Gathering::new(*aggregate)).collect();
        let left = query.limit.unwrap_or(u64::MAX);
        Self { query, gatherings, output, now, left, done: left == 0, cost, fuel: WORK, out: Vec::new() }
    }

    /// Binds the query to the names that the first record has.
    pub(crate) fn named(&mut self, record: &Record) -> Result<Vec<String>, SelectError> {
        let names: Vec<_> = record.iter().map(ToOwned::to_owned).collect();
        self.query.bind(&Names::Csv(Some(&names)))?;
        Ok(names)
    }

    pub(crate) fn csv(&mut self, record: &Record, names: Option<&[String]>) -> Result<(), SelectError> {
        let name = |index: usize| names.and_then(|names| names.get(index));
        self.row(Row::Csv(record), |output, out| {
            let name = |index: usize| name(index).cloned().unwrap_or_else(|| format!("_{}", index + 1));
            let numbers: Vec<_> = (0..record.iter().count()).map(name).collect();
            let values = record.iter().map(|text| Value::Text(text.into()));
            output.write(out, numbers.iter().map(String::as_str).zip(values).map(Ok))
        })
    }

    pub(crate) fn columns(
        &mut self,
        columns: &[Node],
        names: &[String],
        size: usize,
    ) -> Result<(), SelectError> {
        self.row(Row::Columns(columns, size), |output, out| {
            let values = columns.iter().map(Node::value);
            output.write(out, names.iter().map(String::as_str).zip(values).map(Ok))
        })
    }

    /// Lets some more work be done.
    pub(crate) fn refuel(&mut self) {
        self.fuel = WORK;
    }

    /// Counts work on so many bytes.
    pub(crate) fn work(&mut self, bytes: usize) {
        self.fuel = self.fuel.saturating_sub(bytes as u64 / 16);
    }

    /// Whether enough work was done for now.
    pub(crate) fn is_tired(&self) -> bool {
        self.fuel == 0
    }

    /// Whether reading is to stop for now.
    pub(crate) fn must_pause(&self) -> bool {
        self.is_full() || self.is_tired()
    }

    /// Whether the result is to be taken before more is added.
    pub(crate) fn is_full(&self) -> bool {
        self.out.len() >= FULL
    }

    /// The records of JSON that can be read by now; whether those were all of them.
    pub(crate) fn walk(&mut self, walk: &mut Walk, last: bool) -> Result<bool, SelectError> {
        while !self.done && !self.must_pause() {
            let Some(found) = walk.next(last)? else { return Ok(true) };
            self.row(Row::Json(found.as_ref()), |output, out| match &found {
                Some(Node::Object(members)) => {
                    output.write(out, members.iter().map(|(name, node)| Ok((name.as_str(), node.value()))))
                }
                Some(other) => output.write(out, std::iter::once(Ok(("_1", other.value())))),
                None => output.write(out, std::iter::empty()),
            })?;
        }
        Ok(false)
    }

    /// A row: counts it where it meets the condition, and writes what is selected.
    fn row(
        &mut self,
        row: Row<'_>,
        all: impl FnOnce(&Output, &mut Vec<u8>) -> Result<(), SelectError>,
    ) -> Result<(), SelectError> {
        self.fuel = self.fuel.saturating_sub(self.cost * (1 + row.size() as u64 / 1024));
        let scope = Scope { row, results: &[], now: self.now };
        if let Some(condition) = &self.query.condition
            && scope.truth(condition)? != Some(true)
        {
            return Ok(());
        }
        if !self.gatherings.is_empty() {
            for (gathering, (_, argument)) in self.gatherings.iter_mut().zip(&self.query.aggregates) {
                gathering.take(match argument {
                    Some(argument) => scope.value(argument)?,
                    None => Value::Bool(true),
                })?;
            }
            return Ok(());
        }
        match &self.query.projection {
            Projection::All => all(&self.output, &mut self.out)?,
            Projection::Items(_) => self.items(&scope)?,
        }
        self.left -= 1;
        self.done |= self.left == 0;
        Ok(())
    }

    /// Writes the columns that are selected.
    fn items(&mut self, scope: &Scope<'_>) -> Result<(), SelectError> {
        let Projection::Items(items) = &self.query.projection else { return Ok(()) };
        let columns = items.iter().map(|item| Ok((item.name.as_str(), scope.value(&item.value)?)));
        self.output.write(&mut self.out, columns)
    }

    /// Writes what the aggregates came to.
    pub(crate) fn finish(&mut self) -> Result<(), SelectError> {
        if self.gatherings.is_empty() || self.left == 0 {
            return Ok(());
        }
        let gatherings = std::mem::take(&mut self.gatherings);
        let results = gatherings.into_iter().map(Gathering::result).collect::<Result<Vec<_>, _>>()?;
        self.items(&Scope { row: Row::None, results: &results, now: self.now })
    }
}
