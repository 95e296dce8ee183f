//! The query language of Logs Insights: commands with `|` between them.
//!
//! Source: CloudWatch Logs User Guide, "CloudWatch Logs Insights language query syntax".

mod aggregate;
mod command;
mod expression;
mod extract;
mod functions;
mod parse;
mod pointer;
mod row;
mod run;
mod sketch;
#[cfg(test)]
mod tests;
mod value;

pub use crate::scan::Fault;
pub(crate) use pointer::Pointer;
pub(crate) use row::{Source, flatten};
pub(crate) use run::{Outcome, Run, TooLarge};

use command::Command;

/// A query.
#[derive(Debug)]
pub struct Query {
    commands: Vec<Command>,
}

impl Query {
    /// The query that a text is.
    ///
    /// # Errors
    /// It is none, or has what Kurodo does not do.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Ok(Self { commands: parse::commands(text)? })
    }
}
