//! The facts' constraints, and AWS's words for what does not satisfy them.

mod message;
mod present;

pub use message::violation_message;
pub use present::present_members;

use crate::{Kind, Limits, Location, Member, Schema, Value};
use message::{Constraint, Subject, constraint_on_items, shown};

/// A constraint that a value does not satisfy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where, as AWS prints it: `tags.1.member.key`.
    pub path: String,
    /// The top-level member of the input that it happened in or below, by its name in the API facts.
    pub member: &'static str,
    /// Whether the value is missing.
    pub missing: bool,
    /// Whether AWS has words of its own for it, which stand alone.
    pub worded: bool,
    /// The whole sentence, as AWS prints it, sensitive values left out.
    pub message: String,
}

/// Checks a decoded input against the facts' constraints.
pub fn validate(schema: &Schema, value: &Value) -> Vec<Violation> {
    let mut checker = Checker { found: Vec::new(), member: "" };
    if let Value::Struct(values) = value {
        for (member, value) in schema.members().iter().zip(values) {
            checker.member = member.name;
            checker.member(&Path { above: None, step: Step::Name(member.name) }, member, value);
        }
    }
    checker.found
}

/// A place in the input; printed only when something is wrong there.
struct Path<'p> {
    above: Option<&'p Path<'p>>,
    step: Step<'p>,
}

enum Step<'p> {
    /// A member of a structure.
    Name(&'p str),
    /// An item of a list, counted from 1.
    Item(usize),
    /// A value of a map.
    Key(&'p str),
}

impl Path<'_> {
    fn print(&self) -> String {
        let mut out = self.above.map(|above| above.print() + ".").unwrap_or_default();
        match self.step {
            Step::Name(name) => {
                let mut letters = name.chars();
                out.extend(letters.next().map(|first| first.to_ascii_lowercase()));
                out.push_str(letters.as_str());
            }
            Step::Item(number) => out.push_str(&format!("{number}.member")),
            Step::Key(key) => out.push_str(&format!("{key}.member")),
        }
        out
    }
}

struct Checker {
    found: Vec<Violation>,
    member: &'static str,
}

impl Checker {
    fn report(&mut self, path: &Path<'_>, value: Option<String>, missing: bool, constraint: &Constraint) {
        let path = path.print();
        let message = constraint.sentence(value.as_deref(), &path);
        let worded = matches!(constraint, Constraint::Worded(_));
        self.found.push(Violation { path, member: self.member, missing, worded, message });
    }

    fn member(&mut self, path: &Path<'_>, member: &Member, value: &Value) {
        if !value.is_null() {
            self.value(path, member, value);
        } else if member.required && !member.streams() && !matches!(member.location, Location::Status) {
            self.report(path, Some("null".to_owned()), true, &message::not_null());
        }
    }

    fn value(&mut self, path: &Path<'_>, member: &Member, value: &Value) {
        let schema = member.target();
        if !schema.limits.is_empty() {
            for constraint in failures(schema, value) {
                self.report(path, shown(member, value), false, &constraint);
            }
        }
        self.inside(path, member, value);
    }

    /// A value of a map, whose own limits are looked at with the map.
    fn below(&mut self, path: &Path<'_>, member: &Member, value: &Value) {
        if matches!(member.target().kind, Kind::List { .. }) {
            self.inside(path, member, value);
        } else {
            self.value(path, member, value);
        }
    }

    fn inside(&mut self, path: &Path<'_>, member: &Member, value: &Value) {
        match (&member.target().kind, value) {
            (Kind::Structure(inner), Value::Struct(values)) => {
                for (member, value) in inner.members.iter().zip(values) {
                    self.member(&Path { above: Some(path), step: Step::Name(member.name) }, member, value);
                }
            }
            (Kind::List { item }, Value::List(items)) => self.items(path, member, item, value, items),
            (Kind::Map { key, value: item }, Value::Map(pairs)) => {
                self.pairs(path, member, (key, item), value, pairs)
            }
            _ => {}
        }
    }

    fn items(&mut self, path: &Path<'_>, member: &Member, item: &Member, whole: &Value, items: &[Value]) {
        if is_scalar(item) {
            if items.iter().any(|value| value.is_null() || fails(item.target(), value)) {
                let constraint = Constraint::Member(constraint_on_items(Subject::Item, item.target()));
                self.report(path, shown(member, whole), false, &constraint);
            }
            return;
        }
        for (at, value) in items.iter().enumerate() {
            let path = Path { above: Some(path), step: Step::Item(at + 1) };
            if value.is_null() {
                self.report(&path, Some("null".to_owned()), true, &message::not_null());
            } else {
                self.value(&path, item, value);
            }
        }
    }

    fn pairs(
        &mut self,
        path: &Path<'_>,
        member: &Member,
        (key, item): (&Member, &Member),
        whole: &Value,
        pairs: &[(String, Value)],
    ) {
        if pairs.iter().any(|(name, _)| text_fails(key.target(), name)) {
            let constraint = Constraint::Member(constraint_on_items(Subject::Key, key.target()));
            self.report(path, shown(member, whole), false, &constraint);
        }
        let scalar = is_scalar(item);
        let whole_list = matches!(item.target().kind, Kind::List { .. });
        if whole_list && pairs.iter().any(|(_, value)| fails(item.target(), value)) {
            let constraint = Constraint::Member(constraint_on_items(Subject::Value, item.target()));
            self.report(path, shown(member, whole), false, &constraint);
        }
        if scalar && pairs.iter().any(|(_, value)| value.is_null() || fails(item.target(), value)) {
            let constraint = Constraint::Member(constraint_on_items(Subject::Value, item.target()));
            self.report(path, shown(member, whole), false, &constraint);
        }
        for (name, value) in pairs.iter().filter(|_| !scalar) {
            let path = Path { above: Some(path), step: Step::Key(name) };
            if value.is_null() {
                self.report(&path, Some("null".to_owned()), true, &message::not_null());
            } else {
                self.below(&path, item, value);
            }
        }
    }
}

fn is_scalar(member: &Member) -> bool {
    !matches!(member.target().kind, Kind::Structure(_) | Kind::List { .. } | Kind::Map { .. })
}

fn fails(schema: &Schema, value: &Value) -> bool {
    !schema.limits.is_empty() && failures(schema, value).next().is_some()
}

fn text_fails(schema: &Schema, text: &str) -> bool {
    !schema.limits.is_empty() && text_failures(&schema.limits, text).next().is_some()
}

/// The constraints of the shape itself that the value does not satisfy, in AWS's order.
fn failures<'s>(schema: &'s Schema, value: &'s Value) -> impl Iterator<Item = Constraint> + 's {
    let limits = &schema.limits;
    let text = value.as_str().map(|text| text_failures(limits, text));
    let size = match value {
        Value::Blob(_) | Value::SecretBlob(_) => value.as_bytes().map(<[u8]>::len),
        Value::List(items) => Some(items.len()),
        Value::Map(pairs) => Some(pairs.len()),
        _ => None,
    };
    let size = size.map(|size| bound_failures(limits, as_number(size), "length"));
    let number = match value {
        #[expect(clippy::cast_precision_loss, reason = "compared with bounds that are far smaller")]
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    };
    let number = number.map(|number| bound_failures(limits, number, "value"));
    text.into_iter().flatten().chain(size.into_iter().flatten()).chain(number.into_iter().flatten())
}

#[expect(clippy::cast_precision_loss, reason = "lengths in memory are exact in a double")]
fn as_number(length: usize) -> f64 {
    length as f64
}

fn bound_failures(limits: &Limits, number: f64, what: &'static str) -> impl Iterator<Item = Constraint> {
    let over = limits.max.filter(|max| number > *max).map(|max| message::at_most(what, max));
    let under = limits.min.filter(|min| number < *min).map(|min| message::at_least(what, min));
    over.into_iter().chain(under).map(Constraint::Member)
}

fn text_failures<'s>(limits: &'s Limits, text: &'s str) -> impl Iterator<Item = Constraint> + 's {
    const NONE: &Limits = &Limits::NONE;
    let exempt = limits.exempt.is_some_and(|beginning| text.starts_with(beginning));
    let limits = if exempt { NONE } else { limits };
    let bounded = limits.min.is_some() || limits.max.is_some();
    let length = if bounded { as_number(text.chars().count()) } else { 0.0 };
    let bounds = bounded.then(|| bound_failures(limits, length, "length"));
    let pattern = limits.pattern.filter(|pattern| !pattern.matches(text)).map(message::mismatch);
    let unknown = !limits.words.is_empty() && !limits.words.contains(&text);
    let words = unknown.then(|| Constraint::Member(message::words(limits.words)));
    bounds.into_iter().flatten().chain(pattern).chain(words)
}

#[cfg(test)]
mod tests;
