//! The POST policy's language: conditions on the fields of a form.

use serde_json::Value;

use crate::{
    error::{AuthError, shown},
    post_policy::Fields,
    stamp,
};

/// A parsed policy.
#[derive(Debug)]
pub(crate) struct Document {
    /// When it runs out, in seconds since 1970.
    pub expiration: i64,
    /// The smallest and largest file, in bytes.
    pub content_length: Option<(u64, u64)>,
    conditions: Vec<Condition>,
}

/// A condition on one field.
#[derive(Debug)]
struct Condition {
    exact: bool,
    field: String,
    value: String,
}

const MAX_CONDITIONS: usize = 256;

fn malformed(reason: impl Into<String>) -> AuthError {
    AuthError::PolicyMalformed { reason: reason.into() }
}

impl Document {
    pub(crate) fn parse(text: &[u8]) -> Result<Self, AuthError> {
        let text = std::str::from_utf8(text).map_err(|_| malformed("the policy is not UTF-8."))?;
        let json: Value =
            serde_json::from_str(&plain_escapes(text)).map_err(|_| malformed("Invalid JSON."))?;
        let members = json.as_object().ok_or_else(|| malformed("the policy is not an object."))?;
        if let Some(other) = members.keys().find(|name| !matches!(name.as_str(), "expiration" | "conditions"))
        {
            return Err(malformed(format!("Unexpected: '{}'", shown(other))));
        }
        let expiration = members.get("expiration").ok_or_else(|| malformed("Policy missing expiration."))?;
        let expiration = expiration.as_str().and_then(stamp::parse_extended);
        let expiration = expiration.ok_or_else(|| malformed("Invalid 'expiration' value"))?;
        let conditions = members.get("conditions").ok_or_else(|| malformed("Policy missing conditions."))?;
        let conditions =
            conditions.as_array().ok_or_else(|| malformed("Invalid 'conditions' value: must be a List."))?;
        if conditions.len() > MAX_CONDITIONS {
            return Err(malformed("too many conditions."));
        }
        let mut document = Self { expiration, content_length: None, conditions: Vec::new() };
        conditions.iter().try_for_each(|condition| document.add(condition))?;
        Ok(document)
    }

    fn add(&mut self, condition: &Value) -> Result<(), AuthError> {
        match condition {
            Value::Object(members) => {
                let mut members = members.iter();
                let (Some((field, Value::String(value))), None) = (members.next(), members.next()) else {
                    return Err(malformed(
                        "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.",
                    ));
                };
                self.push(true, field, value);
                Ok(())
            }
            Value::Array(items) => self.add_operation(items),
            _ => Err(malformed("Invalid Condition: must be a List or an Object.")),
        }
    }

    fn add_operation(&mut self, items: &[Value]) -> Result<(), AuthError> {
        let [operation, first, second] = items else {
            return Err(malformed("Invalid Condition: wrong number of arguments."));
        };
        let operation = operation.as_str().unwrap_or_default().to_ascii_lowercase();
        if operation == "content-length-range" {
            let range = number(first).zip(number(second));
            return self.limit(
                range.ok_or_else(|| malformed("Invalid content-length-range: must be two numbers."))?,
            );
        }
        let exact = match operation.as_str() {
            "eq" => true,
            "starts-with" => false,
            other => {
                return Err(malformed(format!("Invalid Condition: unknown operation '{}'.", shown(other))));
            }
        };
        let field = first.as_str().and_then(|field| field.strip_prefix('$'));
        let (Some(field), Some(value)) = (field, second.as_str()) else {
            return Err(malformed("Invalid Condition: name a field with '$' and give a text."));
        };
        self.push(exact, field, value);
        Ok(())
    }

    fn push(&mut self, exact: bool, field: &str, value: &str) {
        self.conditions.push(Condition { exact, field: field.to_ascii_lowercase(), value: value.to_owned() });
    }

    /// Several ranges must all hold.
    fn limit(&mut self, (low, high): (u64, u64)) -> Result<(), AuthError> {
        let (floor, ceiling) = self.content_length.unwrap_or((0, u64::MAX));
        self.content_length = Some((floor.max(low), ceiling.min(high)));
        Ok(())
    }

    /// Checks that every condition holds and that every field is under one.
    pub(crate) fn check(&self, fields: Fields<'_>, bucket: &str) -> Result<(), AuthError> {
        let differs = |value: &str| value != bucket;
        if fields.value("bucket").is_some_and(differs) {
            let condition = format!("[\"eq\", \"$bucket\", \"{}\"]", shown(bucket));
            return Err(AuthError::PolicyConditionFailed { condition });
        }
        let value = |name: &str| if name == "bucket" { Some(bucket) } else { fields.value(name) };
        if let Some(failed) =
            self.conditions.iter().find(|condition| !condition.holds(value(&condition.field)))
        {
            return Err(AuthError::PolicyConditionFailed { condition: failed.to_json() });
        }
        let names =
            fields.0.iter().map(|(name, _)| name.to_ascii_lowercase()).filter(|name| !is_exempt(name));
        let mut names = names.chain(["bucket".to_owned()]);
        match names.find(|name| !self.conditions.iter().any(|condition| condition.field == *name)) {
            Some(field) => Err(AuthError::PolicyExtraField { field: shown(&field) }),
            None => Ok(()),
        }
    }
}

/// The fields that need no condition.
fn is_exempt(name: &str) -> bool {
    matches!(name, "x-amz-signature" | "signature" | "awsaccesskeyid" | "policy" | "file")
        || name.starts_with("x-ignore-")
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

impl Condition {
    fn holds(&self, value: Option<&str>) -> bool {
        let Some(value) = value else { return false };
        match (self.exact, self.field.as_str()) {
            (true, _) => value == self.value,
            (false, "content-type") => {
                value.split(',').all(|part| part.trim_start().starts_with(&self.value))
            }
            (false, _) => value.starts_with(&self.value),
        }
    }

    fn to_json(&self) -> String {
        let operation = if self.exact { "eq" } else { "starts-with" };
        let items = [operation.to_owned(), format!("${}", self.field), self.value.clone()];
        let items: Vec<String> = items.into_iter().map(|item| Value::String(item).to_string()).collect();
        format!("[{}]", items.join(", "))
    }
}

/// Policies may write `\$` and `\v`, which JSON does not know, in their texts.
fn plain_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('$') => out.push('$'),
            Some('v') => out.push_str("\\u000b"),
            other => {
                out.push(c);
                out.extend(other);
            }
        }
    }
    out
}
