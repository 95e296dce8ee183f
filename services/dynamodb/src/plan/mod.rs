//! What a request asks for, parsed and checked against the table's definition: the one form that both the decision
//! and the operation see.

mod change;
mod check;
mod search;
mod select;
mod statement;

pub(crate) use change::{Act, Change, Changes, Conditions};
pub(crate) use check::{
    EMPTY, ItemKey, check_item, check_key_paths, check_update, key, key_of_item, leading,
};
use search::check_test;
pub(crate) use search::{Kind, Search, SearchDraft};
pub(crate) use select::Select;
pub(crate) use statement::{Surface, change, check, insert, read};

use crate::expression::Projection;

/// Why a plan cannot be done. It may tell of the table, so only those are told who may use the table so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The request does not fit the table.
    Validation(String),
    /// The statement does not fit the table.
    Statement(String),
    /// There is no such table.
    NoTable,
}

impl Refusal {
    pub(crate) fn invalid_values(message: impl std::fmt::Display) -> Self {
        Self::Validation(format!("One or more parameter values were invalid: {message}"))
    }
}

/// One item to be read.
pub struct Lookup {
    pub(crate) key: ItemKey,
    /// `None` for all attributes.
    pub(crate) projection: Option<Projection>,
    pub(crate) consistent: bool,
}

/// Items of one table to be read.
pub struct Lookups {
    pub(crate) keys: Vec<ItemKey>,
    /// `None` for all attributes.
    pub(crate) projection: Option<Projection>,
    pub(crate) consistent: bool,
}

/// Items of a table whose time to live is over, by their keys.
pub struct Due(pub(crate) Vec<Vec<u8>>);

/// All items of a table.
pub struct Whole;

/// All items of a table or of an index, whatever their partition keys.
pub struct Every;
