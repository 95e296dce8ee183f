//! Values with their levels become rows again.
//!
//! Source: Melnik and others, "Dremel: Interactive Analysis of Web-Scale Datasets", "Record Assembly".

use super::{
    BAD,
    leaf::Triple,
    schema::{Field, Shape, Times},
};
use crate::{SelectError, json::Node};

/// A row's values in the columns of a field, as far as they were not built in.
pub(super) struct Row<'a> {
    /// The number of the first of these columns.
    first: usize,
    columns: Vec<std::slice::IterMut<'a, Triple>>,
}

impl<'a> Row<'a> {
    pub(super) fn new(first: usize, columns: impl Iterator<Item = &'a mut Vec<Triple>>) -> Self {
        Self { first, columns: columns.map(|column| column.iter_mut()).collect() }
    }

    /// What the row has in a field. Nothing may be left of the columns' values.
    pub(super) fn build(mut self, field: &Field) -> Result<Node, SelectError> {
        let node = self.field(field)?;
        if self.columns.iter().all(|column| column.len() == 0) { Ok(node) } else { Err(BAD) }
    }

    fn column(&mut self, number: usize) -> Result<&mut std::slice::IterMut<'a, Triple>, SelectError> {
        self.columns.get_mut(number.wrapping_sub(self.first)).ok_or(BAD)
    }

    /// The next value in a field's first column, which says what the field is.
    fn next(&mut self, field: &Field) -> Result<Option<&Triple>, SelectError> {
        Ok(self.column(field.leaves.start)?.as_slice().first())
    }

    /// The level of definition there.
    fn def(&mut self, field: &Field) -> Result<u32, SelectError> {
        self.next(field)?.map(|next| next.def).ok_or(BAD)
    }

    /// Whether another one follows in the same list.
    fn goes_on(&mut self, field: &Field, rep: u32) -> Result<bool, SelectError> {
        Ok(self.next(field)?.is_some_and(|next| next.rep == rep))
    }

    /// Passes over a null or an empty list.
    fn pass(&mut self, field: &Field) -> Result<(), SelectError> {
        field.leaves.clone().try_for_each(|number| self.column(number)?.next().map(drop).ok_or(BAD))
    }

    fn field(&mut self, field: &Field) -> Result<Node, SelectError> {
        if field.times != Times::Once && self.def(field)? < field.def {
            self.pass(field)?;
            return Ok(Node::Null);
        }
        let mut node = self.value(field)?;
        // Of what is repeated outside of a list the last one counts.
        while field.times == Times::Often && self.goes_on(field, field.rep)? {
            node = self.value(field)?;
        }
        Ok(node)
    }

    fn value(&mut self, field: &Field) -> Result<Node, SelectError> {
        match &field.shape {
            Shape::Value => {
                let next = self.column(field.leaves.start)?.next().ok_or(BAD)?;
                next.value.take().ok_or(BAD)
            }
            Shape::Group(fields) => {
                let members = fields.iter().map(|field| Ok((field.name.clone(), self.field(field)?)));
                members.collect::<Result<_, _>>().map(Node::Object)
            }
            Shape::List { def, rep, element } => {
                if self.def(field)? < *def {
                    self.pass(field)?;
                    return Ok(Node::List(Vec::new()));
                }
                let mut list = vec![self.field(element)?];
                while self.goes_on(element, *rep)? {
                    list.push(self.field(element)?);
                }
                Ok(Node::List(list))
            }
        }
    }
}
