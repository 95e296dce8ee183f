//! What the JSON reader of AWS's older services says to what does not fit.
//!
//! Source: replies of Kinesis to such requests, as kinesalite's test suite has them.

use super::scan::{Scanner, Start};
use crate::{Kind, Value, WireError};

const NUMBER: &str = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber";

/// A value that is of another type than the member's.
pub(super) fn other(scanner: &mut Scanner<'_>, kind: &Kind, start: Start) -> Result<Value, WireError> {
    let text = match (kind, start) {
        (_, Start::Object) => "Start of structure or map found where not expected.".to_owned(),
        (_, Start::List) => "Start of list found where not expected".to_owned(),
        (Kind::List { .. }, _) => "Expected list or null".to_owned(),
        (Kind::Map { .. }, _) => "Expected map or null".to_owned(),
        (Kind::Structure(_), _) => "Expected null".to_owned(),
        (kind, start) => format!("{} can not be converted to {}", found(scanner, kind, start)?, name(kind)),
    };
    Err(WireError::serialization(text))
}

fn found(scanner: &mut Scanner<'_>, kind: &Kind, start: Start) -> Result<String, WireError> {
    Ok(match start {
        Start::String if matches!(kind, Kind::Boolean) => format!("'{}'", scanner.string()?.to_uppercase()),
        Start::String => "class java.lang.String".to_owned(),
        Start::True | Start::False => "class java.lang.Boolean".to_owned(),
        _ => NUMBER.to_owned(),
    })
}

fn name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Boolean => "an Boolean",
        Kind::Integer => "an Integer",
        Kind::Long => "an Long",
        Kind::Float => "an Float",
        Kind::Double => "an Double",
        Kind::Blob => "a Blob",
        Kind::Timestamp => "milliseconds since epoch",
        _ => "an String",
    }
}

/// A whole number. One that is out of its type's range becomes the type's last.
pub(super) fn integer(kind: &Kind, text: &str) -> Option<Value> {
    let (least, most) = match kind {
        Kind::Integer => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    let digits = text.strip_prefix('-').unwrap_or(text);
    let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let beyond = if text.starts_with('-') { least } else { most };
    whole.then(|| Value::Int(text.parse().unwrap_or(beyond).clamp(least, most)))
}

/// A string that is not base64.
pub(super) fn not_base64(text: &str) -> WireError {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let bytes = text.as_bytes();
    let stray = bytes.windows(2).find(|two| matches!(two, [b'=', next] if *next != b'='));
    let stray = bytes.iter().find(|byte| !allowed(**byte)).or_else(|| stray.and_then(<[u8]>::first));
    let why = match (text.len(), stray) {
        (length, _) if !length.is_multiple_of(4) => {
            format!("Base64 encoded length is expected a multiple of 4 bytes but found: {length}")
        }
        (_, Some(stray)) => format!("Invalid Base64 character: '{}'", char::from(*stray)),
        _ => "Invalid last non-pad Base64 character dectected".to_owned(),
    };
    WireError::serialization(format!("'{text}' can not be converted to a Blob: {why}"))
}

/// A text that is not JSON, or nothing at all: there are no words for it.
pub(super) fn malformed() -> WireError {
    WireError::serialization("")
}
