//! AWS's words.

use super::Violation;
use crate::{Kind, Member, Pattern, Schema, Value};

/// AWS's message for these violations: `1 validation error detected: Value null at 'userName' failed to ..`.
pub fn violation_message(violations: &[Violation]) -> String {
    if let [Violation { worded: true, message, .. }] = violations {
        return message.clone();
    }
    let plural = if violations.len() == 1 { "" } else { "s" };
    let sentences: Vec<_> = violations.iter().map(|violation| violation.message.as_str()).collect();
    format!("{} validation error{plural} detected: {}", violations.len(), sentences.join("; "))
}

/// A constraint that is not satisfied, as AWS words it.
pub(super) enum Constraint {
    /// As most are: `Member must ..`.
    Member(String),
    /// A pattern that has words of its own.
    Worded(&'static str),
}

impl Constraint {
    /// The whole sentence.
    pub(super) fn sentence(&self, value: Option<&str>, path: &str) -> String {
        match self {
            Self::Member(constraint) => {
                let value = value.map(|value| format!(" {value}")).unwrap_or_default();
                format!("Value{value} at '{path}' failed to satisfy constraint: {constraint}")
            }
            Self::Worded(rule) => format!("The specified value for {path} is invalid. {rule}"),
        }
    }
}

/// IAM's patterns of names, paths and key ids, and what it says of those that do not match.
const WORDED: [(&str, &str); 3] = [
    (r"[\w+=,.@-]+", "It must contain only alphanumeric characters and/or the following: +=,.@_-"),
    (
        r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)",
        "It must begin and end with / and contain only alphanumeric characters and/or / characters.",
    ),
    (r"[\w]+", "It must contain only alphanumeric characters."),
];

/// That a text does not match a pattern.
pub(super) fn mismatch(wanted: &Pattern) -> Constraint {
    let worded = WORDED.iter().find(|(source, _)| *source == wanted.source());
    worded.map_or_else(|| Constraint::Member(pattern(wanted)), |(_, rule)| Constraint::Worded(rule))
}

/// The value as AWS prints it. Nothing for sensitive values and for those whose print says nothing.
pub(super) fn shown(member: &Member, value: &Value) -> Option<String> {
    let structures = match (&member.target().kind, value) {
        (_, Value::Struct(_) | Value::Sparse(_)) => true,
        (Kind::List { item }, Value::List(items)) => {
            !items.is_empty() && matches!(item.target().kind, Kind::Structure(_))
        }
        _ => false,
    };
    if structures {
        return None;
    }
    print(member, value).map(|text| if value.is_null() { text } else { format!("'{text}'") })
}

/// The value without quotes; nothing where a part of it is sensitive or cannot be printed.
fn print(member: &Member, value: &Value) -> Option<String> {
    if member.is_sensitive() {
        return None;
    }
    match (&member.target().kind, value) {
        (_, Value::Null) => Some("null".to_owned()),
        (_, Value::String(text)) => Some(text.clone()),
        (_, Value::Int(number)) => Some(number.to_string()),
        (_, Value::Float(number)) => Some(number.to_string()),
        (_, Value::Bool(flag)) => Some(flag.to_string()),
        (Kind::List { item }, Value::List(items)) => {
            let items: Option<Vec<_>> = items.iter().map(|value| print(item, value)).collect();
            items.map(|items| format!("[{}]", items.join(", ")))
        }
        (Kind::Map { key, value: item }, Value::Map(pairs)) if !key.is_sensitive() => {
            let pairs: Option<Vec<_>> = pairs
                .iter()
                .map(|(name, value)| print(item, value).map(|text| format!("{name}={text}")))
                .collect();
            pairs.map(|pairs| format!("{{{}}}", pairs.join(", ")))
        }
        (Kind::Structure(schema), Value::Struct(values)) => {
            let set = schema.members.iter().zip(values).filter(|(_, value)| !value.is_null());
            let parts: Option<Vec<_>> = set
                .map(|(member, value)| print(member, value).map(|text| format!("{}={text}", member.name)))
                .collect();
            parts.map(|parts| format!("{}({})", member.target().name, parts.join(", ")))
        }
        (Kind::Structure(schema), Value::Sparse(values)) => {
            let parts: Option<Vec<_>> = values
                .iter()
                .map(|(at, value)| {
                    let member = schema.members.get(*at)?;
                    print(member, value).map(|text| format!("{}={text}", member.name))
                })
                .collect();
            parts.map(|parts| format!("{}({})", member.target().name, parts.join(", ")))
        }
        (Kind::Blob, Value::Blob(bytes)) => {
            let length = bytes.len();
            Some(format!("java.nio.HeapByteBuffer[pos=0 lim={length} cap={length}]"))
        }
        _ => None,
    }
}

/// What a constraint on many things is about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject {
    Item,
    Key,
    Value,
}

/// A constraint that a list's items or a map's keys or values do not satisfy: AWS names all that there are.
pub(super) fn constraint_on_items(subject: Subject, schema: &Schema) -> String {
    let limits = &schema.limits;
    let what = match schema.kind {
        Kind::Integer | Kind::Long | Kind::Float | Kind::Double => "value",
        _ => "length",
    };
    let all = [
        limits.max.map(|max| at_most(what, max)),
        limits.min.map(|min| at_least(what, min)),
        limits.pattern.map(pattern),
        (!limits.words.is_empty()).then(|| words(limits.words)),
        matches!(subject, Subject::Item).then(|| "Member must not be null".to_owned()),
    ];
    let all: Vec<_> = all.into_iter().flatten().collect();
    let subject = match subject {
        Subject::Item => "Member",
        Subject::Key => "Map keys",
        Subject::Value => "Map value",
    };
    format!("{subject} must satisfy constraint: [{}]", all.join(", "))
}

/// That a required value is missing.
pub(super) fn not_null() -> Constraint {
    Constraint::Member("Member must not be null".to_owned())
}

/// An upper bound.
pub(super) fn at_most(what: &str, max: f64) -> String {
    format!("Member must have {what} less than or equal to {max}")
}

/// A lower bound.
pub(super) fn at_least(what: &str, min: f64) -> String {
    format!("Member must have {what} greater than or equal to {min}")
}

/// A pattern.
pub(super) fn pattern(pattern: &Pattern) -> String {
    format!("Member must satisfy regular expression pattern: {}", pattern.source())
}

/// An enum.
pub(super) fn words(words: &[&str]) -> String {
    format!("Member must satisfy enum value set: [{}]", words.join(", "))
}
