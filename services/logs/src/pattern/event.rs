use std::cell::OnceCell;

use serde_json::Value;

use super::{
    Form, Pattern, fields,
    json::{self, Selector},
    value,
};
use crate::scan::Scanner;

/// An event that patterns look at. It is taken apart once, however many patterns there are.
#[derive(Debug)]
pub struct Event<'m> {
    message: &'m str,
    document: OnceCell<Option<Value>>,
    parts: OnceCell<Vec<&'m str>>,
}

impl<'m> Event<'m> {
    /// The event of this message.
    pub fn new(message: &'m str) -> Self {
        Self { message, document: OnceCell::new(), parts: OnceCell::new() }
    }

    pub(super) fn message(&self) -> &'m str {
        self.message
    }

    /// The event as JSON, if it is that.
    pub(super) fn document(&self) -> Option<&Value> {
        self.document.get_or_init(|| json::document(self.message)).as_ref()
    }

    /// The event as fields between blanks.
    pub(super) fn parts(&self) -> &[&'m str] {
        self.parts.get_or_init(|| fields::split(self.message))
    }
}

/// A part of the events of a pattern: `$.latency` of JSON, `$size` of fields between blanks.
#[derive(Debug)]
pub struct Reference(Part);

#[derive(Debug)]
enum Part {
    Json(Selector),
    Field(String),
}

impl Pattern {
    /// Whether events have parts that can be referred to: those of terms have none.
    pub fn has_parts(&self) -> bool {
        !matches!(self.0, Form::Terms(_))
    }

    /// The part that a text refers to; `None` where the pattern's events have no such part.
    pub fn reference(&self, text: &str) -> Option<Reference> {
        match &self.0 {
            Form::Terms(_) => None,
            Form::Json(_) => {
                let mut scanner = Scanner::new(text);
                let selector = json::selector(&mut scanner).ok()?;
                (text.len() > 1 && scanner.rest().is_empty()).then_some(Reference(Part::Json(selector)))
            }
            Form::Fields(fields) => {
                let name = text.strip_prefix('$')?;
                fields.has(name).then(|| Reference(Part::Field(name.to_owned())))
            }
        }
    }

    /// What the part is in an event; nothing where it is not there, or no single value.
    pub fn part(&self, reference: &Reference, event: &Event<'_>) -> Option<String> {
        match (&self.0, &reference.0) {
            (_, Part::Json(selector)) => json::text(selector.of(event.document()?)?),
            (Form::Fields(fields), Part::Field(name)) => fields.part(name, event.parts()).map(str::to_owned),
            (_, Part::Field(_)) => None,
        }
    }
}

/// The number that a text is, if it is a finite one.
pub(crate) fn number(text: &str) -> Option<f64> {
    value::number(text.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(pattern: &str, reference: &str, message: &str) -> Option<String> {
        let pattern = Pattern::parse(pattern).unwrap();
        pattern.part(&pattern.reference(reference)?, &Event::new(message))
    }

    #[test]
    fn parts_of_events_are_referred_to() {
        let json = r#"{"a": {"b": [7, "x"]}, "t": true}"#;
        assert_eq!(part("{ $.t IS TRUE }", "$.a.b[0]", json).as_deref(), Some("7"));
        assert_eq!(part("{ $.t IS TRUE }", "$.t", json).as_deref(), Some("true"));
        assert_eq!(part("{ $.t IS TRUE }", "$.a", json), None);
        assert_eq!(part("{ $.t IS TRUE }", "$", json), None);
        assert_eq!(part("{ $.t IS TRUE }", "$.a.", json), None);
        assert_eq!(part("[ip, ..., size]", "$size", "1.2.3.4 a b 17").as_deref(), Some("17"));
        assert_eq!(part("[ip, ..., size]", "$ip", "1.2.3.4 a b 17").as_deref(), Some("1.2.3.4"));
        assert_eq!(part("[, size]", "$1", "a 17").as_deref(), Some("a"));
        assert_eq!(part("[ip, ..., size]", "$none", "1.2.3.4 a b 17"), None);
        assert_eq!(part("ERROR", "$.a", json), None);
        assert_eq!(
            (number(" 1.5 "), number("1e3"), number("inf"), number("x")),
            (Some(1.5), Some(1000.0), None, None)
        );
    }
}
