//! The language of filter patterns: terms, JSON, and fields between blanks.
//!
//! Source: CloudWatch Logs User Guide, "Filter pattern syntax for metric filters, subscription filters, filter log
//! events, and Live Tail".

mod event;
mod expression;
mod fields;
mod json;
mod terms;
#[cfg(test)]
mod tests;
mod value;

use std::collections::BTreeMap;

pub use crate::scan::Fault;
use crate::scan::Scanner;
pub(crate) use event::number;
pub use event::{Event, Reference};
use fields::Fields;
use json::Condition;
use terms::Terms;

/// What a pattern takes out of an event, by the names that it has there.
pub type Extracted = BTreeMap<String, String>;

/// A filter pattern.
#[derive(Debug)]
pub struct Pattern(Form);

#[derive(Debug)]
enum Form {
    Terms(Terms),
    Json(Condition),
    Fields(Fields),
}

/// How deep parentheses may be.
const DEEPEST: usize = 64;

impl Pattern {
    /// The pattern that a text is.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let mut scanner = Scanner::new(text);
        scanner.skip_space();
        let form = match scanner.peek() {
            Some('{') => Form::Json(json::parse(&mut scanner)?),
            Some('[') => Form::Fields(fields::parse(&mut scanner)?),
            _ => Form::Terms(terms::parse(&mut scanner)?),
        };
        if scanner.is_at_end() {
            Ok(Self(form))
        } else {
            Err(scanner.fault("nothing may follow the pattern"))
        }
    }

    /// Whether an event is one of those.
    pub fn matches(&self, message: &str) -> bool {
        self.holds(&Event::new(message))
    }

    /// The same of an event that other patterns look at, too.
    pub fn holds(&self, event: &Event<'_>) -> bool {
        match &self.0 {
            Form::Terms(terms) => terms.matches(event.message()),
            Form::Json(condition) => event.document().is_some_and(|document| condition.holds(document)),
            Form::Fields(fields) => fields.matches(event.parts()),
        }
    }

    /// What the pattern takes out of an event, if that is one of those.
    pub fn extract(&self, message: &str) -> Option<Extracted> {
        match &self.0 {
            Form::Terms(terms) => terms.matches(message).then(Extracted::new),
            Form::Json(condition) => {
                let event = json::document(message)?;
                condition.holds(&event).then(|| condition.extract(&event))
            }
            Form::Fields(fields) => {
                let parts = fields::split(message);
                fields.matches(&parts).then(|| fields.extract(&parts))
            }
        }
    }
}
