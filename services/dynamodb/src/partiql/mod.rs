//! Statements of PartiQL, read into what expressions are read into: conditions, updates, projections and items.
//!
//! A statement is read in three steps: tokens, a tree of expressions as it was written, and what it means. Conditions
//! and updates are checked where those of expressions are; names and values stand in placeholders there.
//!
//! Source: DynamoDB Developer Guide, "PartiQL - a SQL-compatible query language for Amazon DynamoDB".

mod condition;
mod fault;
mod lexer;
mod literal;
mod parser;
mod statement;
#[cfg(test)]
mod tests;
mod tree;
mod update;
mod words;

use crate::{
    attribute::{Attribute, Item, Supplied},
    expression::{Condition, Path, Update},
    model::ReturnValue,
};

pub(crate) use fault::Fault;

/// The most bytes of a statement.
///
/// Source: DynamoDB API Reference, ExecuteStatement, Statement.
const LONGEST: usize = 8192;

/// A statement, before the table is known.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Statement {
    Select(Select),
    Insert(Insert),
    Change(Change),
    /// `EXISTS(SELECT ..)`, which only a transaction can have.
    Exists(Select),
}

/// Items to be read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Select {
    pub(crate) from: Source,
    /// `None` for all attributes.
    pub(crate) columns: Option<Vec<Path>>,
    pub(crate) condition: Option<Condition>,
    pub(crate) order: Vec<Order>,
}

/// A table, or one of its indexes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) table: String,
    pub(crate) index: Option<String>,
}

/// An attribute that the answer is sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) name: String,
    pub(crate) descending: bool,
}

/// An item that must not be there yet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Insert {
    pub(crate) into: Source,
    pub(crate) item: Item,
}

/// An item to be updated or deleted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Change {
    pub(crate) of: Source,
    /// `None` for an item to be deleted.
    pub(crate) update: Option<Update>,
    pub(crate) condition: Option<Condition>,
    pub(crate) returns: ReturnValue,
}

impl Statement {
    /// The statement that a text says, with these parameters in the places of its question marks.
    pub(crate) fn parse(text: &str, parameters: Option<&[Supplied]>) -> Result<Self, Fault> {
        let parameters = parameters.unwrap_or_default().iter().cloned().map(|one| one.0);
        let parameters: Result<Vec<Attribute>, _> = parameters.collect();
        let parameters = parameters.map_err(Fault::Parameter)?;
        if text.len() > LONGEST {
            return Err(Fault::TooLong);
        }
        statement::parse(text, parameters)
    }

    /// Whether it only reads.
    pub(crate) fn reads(&self) -> bool {
        matches!(self, Self::Select(_))
    }
}

impl Fault {
    /// What is said of it in this place of a transaction; parameters are looked at before the statement is.
    pub(crate) fn within(self, at: usize) -> crate::Error {
        match self {
            Self::Parameter(invalid) => invalid.into(),
            other => crate::Error::from(other).in_statement(at),
        }
    }
}

/// What is wrong with a text as a statement with these parameters; `None` where it is one.
pub fn fault(text: &str, parameters: &[Attribute]) -> Option<String> {
    let parameters: Vec<_> = parameters.iter().cloned().map(|value| Supplied(Ok(value))).collect();
    Statement::parse(text, Some(&parameters)).err().map(|fault| fault.to_string())
}
