//! Expressions of statements as they were written.

use super::lexer::Place;
use crate::{
    attribute::Attribute,
    expression::{Comparator, Path},
};

/// An expression, and where it begins.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expr {
    pub(super) at: Place,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Text(String),
    Number(String),
    Bool(bool),
    Null,
    Missing,
    Ion(String),
    /// The value that stands in a question mark's place.
    Parameter(Attribute),
    Path(Path),
    List(Vec<Expr>),
    Bag(Vec<Expr>),
    Tuple(Vec<(Expr, Expr)>),
    /// A function, in lower case, and its operands.
    Call(String, Vec<Expr>),
    Plus(Box<Expr>, Box<Expr>),
    Minus(Box<Expr>, Box<Expr>),
    Any(Vec<Expr>),
    All(Vec<Expr>),
    Not(Box<Expr>),
    Compare(Comparator, Box<Expr>, Box<Expr>),
    Between(Box<Expr>, Box<Expr>, Box<Expr>),
    /// Whether an expression is one of what the other holds.
    In(Box<Expr>, Box<Expr>),
    /// Whether an expression is of a type, in upper case.
    Is(Box<Expr>, String),
    Like,
}

impl Kind {
    /// What messages call it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Parameter(_) => "Parameter",
            Self::Path(path) if path.is_nested() => "Path",
            Self::Path(_) => "VariableReference",
            Self::Text(_) | Self::Number(_) | Self::Bool(_) | Self::Null | Self::Ion(_) => "Literal",
            Self::Missing => "LiteralMissing",
            Self::List(_) | Self::Bag(_) => "Seq",
            Self::Tuple(_) => "Struct",
            Self::Is(..) => "Typed",
            _ => "NAry",
        }
    }

    /// Whether it holds or does not.
    pub(super) fn is_condition(&self) -> bool {
        match self {
            Self::Call(function, _) => function != "size",
            Self::Any(_)
            | Self::All(_)
            | Self::Not(_)
            | Self::Compare(..)
            | Self::Between(..)
            | Self::In(..)
            | Self::Is(..)
            | Self::Like => true,
            _ => false,
        }
    }
}
