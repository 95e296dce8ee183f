//! Scalars as text: in XML, forms, headers, queries and paths.

use std::{borrow::Cow, fmt::Write as _};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

use super::time;
use crate::{Kind, Member, Schema, Secret, SecretBytes, TimestampFormat, Value, WireError};

/// Reads a scalar. `None` when the text is not of the member's type, or the member is not a scalar.
pub(super) fn parse(member: &Member, text: Cow<'_, str>, format: TimestampFormat) -> Option<Value> {
    let schema = member.target();
    Some(match schema.kind {
        Kind::String => string(member, text),
        Kind::Boolean => Value::Bool(boolean(text.trim())?),
        Kind::Integer => Value::Int(text.trim().parse::<i32>().ok()?.into()),
        Kind::Long => Value::Int(text.trim().parse().ok()?),
        Kind::Float | Kind::Double => Value::Float(float(schema, text.trim())?),
        Kind::Blob => blob(member, &text)?,
        Kind::Timestamp => {
            let format = member.timestamp_format.unwrap_or(format);
            Value::Timestamp(time::parse(text.trim(), format)?)
        }
        Kind::Document | Kind::List { .. } | Kind::Map { .. } | Kind::Structure(_) => return None,
    })
}

/// A string's value.
pub(super) fn string(member: &Member, text: Cow<'_, str>) -> Value {
    let text = text.into_owned();
    if member.is_sensitive() { Value::Secret(Secret::new(text)) } else { Value::String(text) }
}

/// A blob's value from base64.
pub(super) fn blob(member: &Member, text: &str) -> Option<Value> {
    let bytes = if text.bytes().any(|b| b.is_ascii_whitespace()) {
        BASE64.decode(text.split_ascii_whitespace().collect::<String>()).ok()?
    } else {
        BASE64.decode(text).ok()?
    };
    Some(bytes_value(member, bytes))
}

/// A blob's value.
pub(super) fn bytes_value(member: &Member, bytes: Vec<u8>) -> Value {
    if member.is_sensitive() { Value::SecretBlob(SecretBytes::new(bytes)) } else { Value::Blob(bytes.into()) }
}

fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// A float of the shape's precision, or AWS's words for what is none.
pub(super) fn float(schema: &Schema, text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ if text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E')) => {
            let number = text.parse().ok()?;
            Some(precise(schema, number)).filter(|number| number.is_finite())
        }
        _ => None,
    }
}

/// A number as the shape can hold it.
pub(super) fn precise(schema: &Schema, number: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, reason = "AWS's float has single precision")]
    let single = number as f32;
    if matches!(schema.kind, Kind::Float) { single.into() } else { number }
}

/// How timestamps look in one place of one protocol.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// The format where the member names none.
    pub(super) format: TimestampFormat,
    /// Whether ISO 8601 always has milliseconds.
    pub(super) millis: bool,
}

/// Writes a scalar.
pub(super) fn write(out: &mut String, member: &Member, value: &Value, style: Style) -> Result<(), WireError> {
    match value {
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Int(number) => _ = write!(out, "{number}"),
        Value::Float(number) => write_float(out, member.target(), *number),
        Value::String(text) => out.push_str(text),
        Value::Secret(secret) => out.push_str(secret.expose()),
        Value::Blob(bytes) => BASE64.encode_string(bytes, out),
        Value::SecretBlob(secret) => BASE64.encode_string(secret.expose(), out),
        Value::Timestamp(at) => {
            time::write(out, *at, member.timestamp_format.unwrap_or(style.format), style.millis);
        }
        other => return Err(unfit(member.name, "a scalar", other)),
    }
    Ok(())
}

/// Writes a float, infinities and NaN as AWS's words.
pub(super) fn write_float(out: &mut String, schema: &Schema, number: f64) {
    if number.is_nan() {
        out.push_str("NaN");
    } else if number.is_infinite() {
        out.push_str(if number > 0.0 { "Infinity" } else { "-Infinity" });
    } else if matches!(schema.kind, Kind::Float) {
        #[expect(clippy::cast_possible_truncation, reason = "AWS's float has single precision")]
        let single = number as f32;
        _ = write!(out, "{single:?}");
    } else {
        _ = write!(out, "{number:?}");
    }
}

/// The reply holds another kind of value than its description says.
pub(super) fn unfit(name: &str, expected: &str, found: &Value) -> WireError {
    WireError::reply(format!("`{name}` must be {expected}, and is a {}", found.kind_name()))
}
