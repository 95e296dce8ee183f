//! Parquet: what a query names of an object, column by column, as its bytes are given.
//!
//! The footer comes first: [`footer`] bounds what it says, and the crate `parquet` reads it. Pages are read here, a value at
//! a time: nothing is made of a length, a count or a dictionary that a page has not the bytes for.
//!
//! Source: Apache Parquet, "File Format"; Amazon S3 User Guide, "Filtering and retrieving data using Amazon S3 Select".

mod bits;
mod build;
mod delta;
mod footer;
mod kind;
mod leaf;
mod page;
mod schema;
mod thrift;
mod unpack;
mod values;

use std::collections::VecDeque;

use self::{
    build::Row,
    footer::{END, Group},
    leaf::{Leaf, Meter, Need},
    schema::{Column, Field, Schema},
};
use crate::{SelectError, Step, bind::Names, json::Node, rows::Rows, sql};

const BAD: SelectError = SelectError::ParquetParsingError;

/// The most bytes that a query holds of an object, in all its columns.
const MOST_HELD: usize = 256 * 1024 * 1024;
/// About so many bytes of all columns are asked for at once.
const AHEAD: u64 = 1024 * 1024;

/// An object on its way through a query.
pub(crate) struct Parquet {
    /// The object's length in bytes.
    size: u64,
    range: (u64, u64),
    stage: Stage,
    /// How many of the bytes that were asked for are to come.
    missing: u64,
    /// The end of the object, then its footer.
    footer: Vec<u8>,
    fields: Vec<Field>,
    names: Vec<String>,
    /// The fields that are wanted.
    wanted: Vec<usize>,
    /// The columns of values that they have, in their order.
    columns: Vec<(usize, Column)>,
    groups: VecDeque<Group>,
    /// Rows of the group that were not read.
    left: u64,
    leaves: Vec<Leaf>,
    /// The leaf that reads its part of the next row.
    filling: usize,
    meter: Meter,
    /// The row, with nulls where nothing is wanted.
    row: Vec<Node>,
}

enum Stage {
    Begun,
    End,
    Footer,
    Rows,
}

impl Parquet {
    pub(crate) fn new(size: u64, range: (u64, u64)) -> Self {
        Self {
            size,
            range,
            stage: Stage::Begun,
            missing: 0,
            footer: Vec::new(),
            fields: Vec::new(),
            names: Vec::new(),
            wanted: Vec::new(),
            columns: Vec::new(),
            groups: VecDeque::new(),
            left: 0,
            leaves: Vec::new(),
            filling: 0,
            meter: Meter::default(),
            row: Vec::new(),
        }
    }

    /// Bytes that were looked at, unpacked.
    pub(crate) fn processed(&self) -> u64 {
        self.meter.processed
    }

    /// About how many bytes of the object it holds.
    pub(crate) fn held(&self) -> usize {
        self.meter.held + self.footer.len()
    }

    /// Takes bytes that were asked for.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.missing = self.missing.saturating_sub(bytes.len() as u64);
        match (&self.stage, self.leaves.get_mut(self.filling)) {
            (Stage::Rows, Some(leaf)) => leaf.push(bytes),
            _ => self.footer.extend_from_slice(bytes),
        }
    }

    /// Looks on, until bytes are needed or it is time to stop for now. `ended`: there are no more bytes.
    pub(crate) fn read(&mut self, ended: bool, rows: &mut Rows) -> Result<Step, SelectError> {
        match (self.missing, ended) {
            (0, _) => {}
            (_, true) => return Err(BAD),
            (_, false) => return Ok(Step::Hungry),
        }
        match self.stage {
            Stage::Begun => {
                self.stage = Stage::End;
                let start = self.size.checked_sub(END).ok_or(BAD)?;
                Ok(self.want(start, self.size))
            }
            Stage::End => {
                let length = footer::length(&std::mem::take(&mut self.footer), self.size)?;
                self.stage = Stage::Footer;
                self.meter.processed += length + END;
                let end = self.size - END;
                Ok(self.want(end - length, end))
            }
            Stage::Footer => {
                self.open(rows)?;
                self.stage = Stage::Rows;
                Ok(Step::Again)
            }
            Stage::Rows => self.rows(rows),
        }
    }

    fn want(&mut self, start: u64, end: u64) -> Step {
        self.missing = end - start;
        Step::Wants { start, end }
    }

    /// Reads the footer, and what the query wants of it.
    fn open(&mut self, rows: &mut Rows) -> Result<(), SelectError> {
        let metadata = footer::read(&std::mem::take(&mut self.footer))?;
        let schema = Schema::of(metadata.file_metadata().schema())?;
        self.fields = schema.fields;
        self.names = self.fields.iter().map(|field| field.name.clone()).collect();
        rows.query.bind(&Names::Columns(&|path| place(path, &self.fields)))?;
        self.wanted = match rows.query.columns() {
            Some(columns) => columns.into_iter().collect(),
            None => (0..self.fields.len()).collect(),
        };
        let numbers = self
            .wanted
            .iter()
            .filter_map(|field| self.fields.get(*field))
            .flat_map(|field| field.leaves.clone());
        for number in numbers {
            let column = schema.columns.get(number).copied().flatten();
            self.columns.push((number, column.ok_or(SelectError::UnsupportedParquetType)?));
        }
        let numbers: Vec<_> = self.columns.iter().map(|(number, _)| *number).collect();
        self.groups = footer::wanted(&metadata, &numbers, self.range, self.size)?.into();
        self.row = vec![Node::Null; self.fields.len()];
        Ok(())
    }

    fn rows(&mut self, rows: &mut Rows) -> Result<Step, SelectError> {
        loop {
            if rows.is_full() {
                return Ok(Step::Full);
            }
            if rows.is_tired() {
                return Ok(Step::Again);
            }
            if rows.done || (self.left == 0 && !self.next_group()?) {
                rows.finish()?;
                return Ok(Step::Done);
            }
            if self.left == 0 {
                continue;
            }
            match self.fill(rows)? {
                Need::Bytes(range) => return Ok(self.want(range.start, range.end)),
                Need::Pause => continue,
                Need::Nothing => {}
            }
            self.build()?;
            rows.columns(&self.row, &self.names, self.meter.row)?;
            rows.work(self.leaves.len() * 16);
            self.left -= 1;
            (self.filling, self.meter.row) = (0, 0);
            self.leaves.iter_mut().for_each(Leaf::next_row);
        }
    }

    /// Begins with the next group of rows, if there is one.
    fn next_group(&mut self) -> Result<bool, SelectError> {
        if !self.leaves.iter().all(Leaf::is_spent) {
            return Err(BAD);
        }
        self.leaves.clear();
        (self.filling, self.meter.group) = (0, 0);
        let Some(group) = self.groups.pop_front() else { return Ok(false) };
        self.left = group.rows;
        let ahead = (AHEAD / (self.columns.len().max(1) as u64)).clamp(16 * 1024, 256 * 1024);
        // A group without rows has nothing to read.
        if self.left > 0 {
            let columns = self.columns.iter().zip(group.chunks);
            self.leaves = columns.map(|((_, column), chunk)| Leaf::new(*column, chunk, ahead)).collect();
        }
        self.meter.held = self.leaves.iter().map(Leaf::held).sum();
        Ok(true)
    }

    /// Lets each column read its part of the next row.
    fn fill(&mut self, rows: &mut Rows) -> Result<Need, SelectError> {
        while let Some(leaf) = self.leaves.get_mut(self.filling) {
            let before = leaf.held();
            let others = self.meter.held.saturating_sub(before);
            let need = leaf.fill(&mut self.meter, MOST_HELD.saturating_sub(others))?;
            self.meter.held = others + leaf.held();
            rows.work(std::mem::take(&mut self.meter.work));
            if self.meter.group > footer::MOST_GROUP {
                return Err(SelectError::OverMaxParquetBlockSize);
            }
            match need {
                Need::Nothing => self.filling += 1,
                need => return Ok(need),
            }
        }
        Ok(Need::Nothing)
    }

    fn build(&mut self) -> Result<(), SelectError> {
        let mut leaves = self.leaves.iter_mut().map(Leaf::record);
        for number in &self.wanted {
            let (Some(field), Some(place)) = (self.fields.get(*number), self.row.get_mut(*number)) else {
                return Err(BAD);
            };
            let own = leaves.by_ref().take(field.leaves.len());
            *place = Row::new(field.leaves.start, own).build(field)?;
        }
        Ok(())
    }
}

/// The field that a path leads to or into.
fn place(path: &[sql::Step], fields: &[Field]) -> Result<usize, SelectError> {
    let missing = SelectError::EvaluatorBindingDoesNotExist;
    let Some((sql::Step::Name(name), rest)) = path.split_first() else { return Err(missing) };
    let index = schema::one(name, fields)?.ok_or(missing)?;
    let leads = fields.get(index).map_or(Ok(false), |field| field.has(rest))?;
    if leads { Ok(index) } else { Err(missing) }
}
