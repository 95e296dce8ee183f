//! Bucket policies: what S3 accepts, and the form in which it keeps them.
//!
//! Sources: S3 User Guide, "Bucket policies for Amazon S3", "Policies and permissions in Amazon S3"; Service
//! Authorization Reference, "Actions, resources, and condition keys for Amazon S3".

mod actions;
mod conditions;
mod names;
mod statement;

use kurodo_policy::{Kind, Policy, PolicyError, is_public};
use serde_json::{Map, Value};

use crate::{Error, limits};

pub(crate) use names::{Names, canonical};

/// A policy that its bucket may have.
#[derive(Debug)]
pub(crate) struct Accepted {
    /// As it is kept: without white space, principals by their unique ids.
    pub(crate) text: String,
    /// Whether it lets in everybody, as S3 sees it.
    pub(crate) public: bool,
}

/// Reads a policy for this bucket; `names` says what its principals stand for.
///
/// # Errors
/// [`Error::MalformedPolicy`], in S3's words.
pub(crate) fn accept(text: &str, bucket: &str, names: &Names) -> Result<Accepted, Error> {
    Policy::parse(text, Kind::Resource).map_err(|error| refused(&error, text))?;
    let mut document: Value = serde_json::from_str(text).map_err(|_| malformed(NOT_JSON))?;
    names.put_into(&mut document)?;
    for statement in statements(&document) {
        statement::check(statement, bucket)?;
    }
    let text = normal(document).to_string();
    if text.len() > limits::POLICY {
        let limit = limits::POLICY;
        let message = format!("Normalized policy document exceeds the maximum allowed size of {limit} bytes");
        return Err(Error::MalformedPolicy(message.into()));
    }
    let policy = Policy::parse(&text, Kind::Resource).map_err(|error| refused(&error, &text))?;
    Ok(Accepted { public: is_public(&policy), text })
}

/// The same policy with what S3 adds: the version that is meant where there is none, and a list around one statement.
fn normal(document: Value) -> Value {
    let Value::Object(members) = document else { return document };
    let mut normal = Map::new();
    normal.insert("Version".to_owned(), "2008-10-17".into());
    for (name, value) in members {
        let alone = name == "Statement" && value.is_object();
        normal.insert(name, if alone { Value::Array(vec![value]) } else { value });
    }
    Value::Object(normal)
}

const NOT_JSON: &str = "This policy contains invalid Json";

fn malformed(message: &'static str) -> Error {
    Error::MalformedPolicy(message.into())
}

fn refused(error: &PolicyError, text: &str) -> Error {
    match error {
        PolicyError::Json { .. } if text.starts_with('{') => malformed(NOT_JSON),
        PolicyError::Syntax { .. } | PolicyError::Legacy { .. } => malformed("Invalid policy syntax."),
        other => Error::MalformedPolicy(other.to_string().into()),
    }
}

/// The statements of a document: one alone, or a list.
fn statements(document: &Value) -> impl Iterator<Item = &Value> {
    let found = document.get("Statement");
    let list = found.and_then(Value::as_array).map(Vec::as_slice);
    list.or_else(|| found.map(std::slice::from_ref)).unwrap_or_default().iter()
}

/// The texts of an element: one alone, or a list.
fn texts<'v>(statement: &'v Value, element: &str) -> Option<Vec<&'v str>> {
    match statement.get(element)? {
        Value::String(text) => Some(vec![text.as_str()]),
        Value::Array(items) => Some(items.iter().filter_map(Value::as_str).collect()),
        _ => Some(Vec::new()),
    }
}

#[cfg(test)]
mod tests;
