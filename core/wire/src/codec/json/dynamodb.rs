//! What DynamoDB's reader of JSON says to what does not fit, and the words that it takes for booleans.
//!
//! Source: replies of DynamoDB to such requests.

use super::scan::{Scanner, Start};
use crate::{Kind, Member, Value, WireError};

/// A value that is of another type than the member's.
pub(super) fn other(
    scanner: &mut Scanner<'_>,
    member: &Member,
    kind: &Kind,
    start: Start,
) -> Result<Value, WireError> {
    if let (Kind::Boolean, Start::String) = (kind, start) {
        return boolean(&scanner.string()?);
    }
    let text: String = match (kind, start) {
        (Kind::List { .. } | Kind::Map { .. } | Kind::Structure(_), start) => nested(member, kind, start),
        (_, Start::Object) => STRUCTURE.into(),
        (_, Start::List) => format!("Unrecognized collection type class {}", java(kind)),
        (Kind::Blob, _) => "only base-64-encoded strings are convertible to bytes".into(),
        (kind, start) => format!("{} cannot be converted to {}", token(scanner, start)?, name(kind)),
    };
    Err(WireError::serialization(text))
}

const STRUCTURE: &str = "Start of structure or map found where not expected";
/// What Java says where a generic type is read as a plain one.
const CAST: &str = "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base of loader 'bootstrap')";
/// The namespace of DynamoDB's own types.
const OWN: &str = "com.amazonaws.dynamodb.v20120810";

fn boolean(word: &str) -> Result<Value, WireError> {
    match word.to_ascii_uppercase().as_str() {
        "TRUE" | "1" | "YES" => Ok(Value::Bool(true)),
        "FALSE" | "0" | "NO" => Ok(Value::Bool(false)),
        _ => Err(WireError::serialization("Unexpected token received from parser")),
    }
}

/// Items of lists and values of maps are read by another part of the reader than members are.
fn nested(member: &Member, kind: &Kind, start: Start) -> String {
    let is_item = matches!(member.name, "member" | "value");
    match (kind, start) {
        (Kind::List { .. }, Start::Object) => STRUCTURE.into(),
        (Kind::Map { value, .. }, Start::List) => {
            let of = match value.target().kind {
                Kind::Structure(_) => format!("{OWN}.{}", value.target().name),
                Kind::List { item } => format!("java.util.List<{OWN}.{}>", item.target().name),
                ref kind => java(kind).to_owned(),
            };
            format!("Unrecognized collection type java.util.Map<java.lang.String, {of}>")
        }
        (Kind::Structure(_), Start::List) => {
            format!("Unrecognized collection type class {OWN}.{}", member.target().name)
        }
        (Kind::Structure(_), _) if is_item => "Unexpected value type in payload".into(),
        (Kind::List { .. } | Kind::Map { .. }, _) if is_item => CAST.into(),
        _ => "Unexpected field type".into(),
    }
}

/// What the reader calls the value that is there.
fn token(scanner: &mut Scanner<'_>, start: Start) -> Result<&'static str, WireError> {
    Ok(match start {
        Start::Object => "START_OBJECT",
        Start::List => "START_ARRAY",
        Start::Null => "NULL_VALUE",
        Start::True => "TRUE_VALUE",
        Start::False => "FALSE_VALUE",
        Start::String => "STRING_VALUE",
        Start::Number if scanner.number()?.contains('.') => "DECIMAL_VALUE",
        Start::Number => "NUMBER_VALUE",
    })
}

fn name(kind: &Kind) -> &'static str {
    java(kind).rsplit('.').next().unwrap_or_default()
}

fn java(kind: &Kind) -> &'static str {
    match kind {
        Kind::Boolean => "java.lang.Boolean",
        Kind::Integer => "java.lang.Integer",
        Kind::Long => "java.lang.Long",
        Kind::Float => "java.lang.Float",
        Kind::Double => "java.lang.Double",
        Kind::Blob => "java.nio.ByteBuffer",
        Kind::Timestamp => "java.util.Date",
        _ => "java.lang.String",
    }
}

/// A string that is not base64.
pub(super) fn not_base64(text: &str) -> WireError {
    WireError::serialization(match text.len() {
        length if !length.is_multiple_of(4) => {
            format!("Base64 encoded length is expected a multiple of 4 bytes but found: {length}")
        }
        _ => "Invalid last non-pad Base64 character dectected".into(),
    })
}
