//! Metric math: expressions over time series, and searches for metrics.
//!
//! Nothing here reads or writes anything: what ids and searches stand for comes from a [`Source`].
//!
//! Source: CloudWatch User Guide, "Using math expressions with CloudWatch metrics".

mod evaluate;
mod fill;
mod function;
mod parse;
mod scan;
mod search;
mod series;
#[cfg(test)]
mod tests;
mod tree;

pub use evaluate::Source;
pub use search::{Candidate, Search};
pub use series::{Origin, Series, Slots, Value};
pub use tree::{Expression, Fault};
