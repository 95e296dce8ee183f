//! Patterns of events that are JSON: `{ $.level = "ERROR" && $.latency > 100 }`.

use serde_json::Value;

use super::{
    DEEPEST, Extracted, Fault,
    value::{Comparison, comparison, operator},
};
use crate::scan::Scanner;

/// What must be true of an event.
#[derive(Debug)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Test(Selector, Test),
}

#[derive(Debug)]
pub(super) enum Test {
    Compare(Comparison),
    IsNull,
    IsTrue,
    IsFalse,
    Exists,
    NotExists,
}

/// Which part of an event, such as `$.requests[0].id`.
#[derive(Debug)]
pub(super) struct Selector {
    text: String,
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    Member(String),
    Index(usize),
}

/// An event that is a JSON document.
pub(super) fn document(message: &str) -> Option<Value> {
    message.trim_start().starts_with(['{', '[']).then(|| serde_json::from_str(message).ok())?
}

pub(super) fn parse(scanner: &mut Scanner<'_>) -> Result<Condition, Fault> {
    scanner.expect("{")?;
    let condition = any(scanner, 0)?;
    scanner.expect("}")?;
    Ok(condition)
}

fn any(scanner: &mut Scanner<'_>, depth: usize) -> Result<Condition, Fault> {
    if depth > DEEPEST {
        return Err(scanner.fault("the parentheses are too deep"));
    }
    list(
        scanner,
        "||",
        |scanner| list(scanner, "&&", |scanner| one(scanner, depth), Condition::All),
        Condition::Any,
    )
}

/// Conditions with this word between them.
fn list(
    scanner: &mut Scanner<'_>,
    word: &str,
    next: impl Fn(&mut Scanner<'_>) -> Result<Condition, Fault>,
    together: impl Fn(Vec<Condition>) -> Condition,
) -> Result<Condition, Fault> {
    let first = next(scanner)?;
    let mut all = vec![first];
    loop {
        scanner.skip_space();
        if !scanner.eat(word) {
            return Ok(if all.len() > 1 { together(all) } else { all.remove(0) });
        }
        all.push(next(scanner)?);
    }
}

fn one(scanner: &mut Scanner<'_>, depth: usize) -> Result<Condition, Fault> {
    scanner.skip_space();
    if scanner.eat("(") {
        let inner = any(scanner, depth + 1)?;
        scanner.expect(")")?;
        return Ok(inner);
    }
    let selector = selector(scanner)?;
    scanner.skip_space();
    let test = match operator(scanner) {
        Some(operator) => Test::Compare(comparison(scanner, operator, |next| "&|(){}".contains(next))?),
        None => word(scanner)?,
    };
    Ok(Condition::Test(selector, test))
}

fn word(scanner: &mut Scanner<'_>) -> Result<Test, Fault> {
    if scanner.eat_word("EXISTS") {
        return Ok(Test::Exists);
    }
    if scanner.eat_word("NOT") {
        scanner.skip_space();
        return if scanner.eat_word("EXISTS") {
            Ok(Test::NotExists)
        } else {
            Err(scanner.fault("expected EXISTS"))
        };
    }
    if scanner.eat_word("IS") {
        scanner.skip_space();
        let words = [("NULL", Test::IsNull), ("TRUE", Test::IsTrue), ("FALSE", Test::IsFalse)];
        let found = words.into_iter().find(|(word, _)| scanner.eat_word(word));
        return found.map(|(_, test)| test).ok_or_else(|| scanner.fault("expected NULL, TRUE or FALSE"));
    }
    Err(scanner.fault("expected a comparison"))
}

pub(super) fn selector(scanner: &mut Scanner<'_>) -> Result<Selector, Fault> {
    let start = scanner.rest();
    if !scanner.eat("$") {
        return Err(scanner.fault("expected a selector, which begins with `$`"));
    }
    let mut steps = Vec::new();
    loop {
        if scanner.eat(".") {
            let name = scanner.take_while(|next| next.is_alphanumeric() || "_-@:/".contains(next));
            if name.is_empty() && scanner.peek() != Some('[') {
                return Err(scanner.fault("a name is missing"));
            }
            steps
                .extend(Some(name).filter(|name| !name.is_empty()).map(|name| Step::Member(name.to_owned())));
        } else if scanner.eat("[") {
            steps.push(bracket(scanner)?);
        } else {
            break;
        }
    }
    let length = start.len() - scanner.rest().len();
    Ok(Selector { text: start.get(..length).unwrap_or_default().to_owned(), steps })
}

fn bracket(scanner: &mut Scanner<'_>) -> Result<Step, Fault> {
    let step = match scanner.peek() {
        Some(mark @ ('"' | '\'')) => {
            scanner.next();
            Step::Member(scanner.until(mark)?)
        }
        _ => {
            let digits = scanner.take_while(|next| next.is_ascii_digit());
            Step::Index(digits.parse().map_err(|_| scanner.fault("expected an index"))?)
        }
    };
    scanner.expect("]")?;
    Ok(step)
}

impl Selector {
    pub(super) fn of<'e>(&self, event: &'e Value) -> Option<&'e Value> {
        self.steps.iter().try_fold(event, |value, step| match step {
            Step::Member(name) => value.get(name),
            Step::Index(index) => value.get(index),
        })
    }
}

/// The text that a single value is compared by.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(bool) => Some(bool.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

impl Condition {
    pub(super) fn holds(&self, event: &Value) -> bool {
        match self {
            Self::All(all) => all.iter().all(|one| one.holds(event)),
            Self::Any(any) => any.iter().any(|one| one.holds(event)),
            Self::Test(selector, test) => test.holds(selector.of(event)),
        }
    }

    /// The parts of an event that the condition is about.
    pub(super) fn extract(&self, event: &Value) -> Extracted {
        match self {
            Self::All(all) | Self::Any(all) => all.iter().flat_map(|one| one.extract(event)).collect(),
            Self::Test(selector, _) => {
                let found = selector.of(event).map(|value| text(value).unwrap_or_else(|| value.to_string()));
                found.map(|text| (selector.text.clone(), text)).into_iter().collect()
            }
        }
    }
}

impl Test {
    fn holds(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Self::NotExists, value) => value.is_none(),
            (Self::Exists, value) => value.is_some(),
            (Self::IsNull, value) => value == Some(&Value::Null),
            (Self::IsTrue, value) => value == Some(&Value::Bool(true)),
            (Self::IsFalse, value) => value == Some(&Value::Bool(false)),
            (Self::Compare(comparison), value) => {
                value.and_then(text).is_some_and(|text| comparison.holds(&text))
            }
        }
    }
}
