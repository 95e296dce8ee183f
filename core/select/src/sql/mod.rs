//! The language: words, then a tree.

mod ast;
mod calls;
mod expression;
mod lexer;
mod parser;
#[cfg(test)]
mod tests;
mod words;

pub use ast::Query;
pub(crate) use ast::{
    Aggregate, Binary, Compare, DatePart, Expr, Function, Name, Path, Projection, Side, Step, Type,
};
