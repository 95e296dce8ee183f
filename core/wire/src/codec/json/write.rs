//! JSON from values.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

use crate::{
    Kind, Member, Structure, TimestampFormat, Value, WireError,
    codec::{
        text::{self, unfit},
        time,
    },
};

/// Writes the members of a structure that travel in the document, as an object.
pub(crate) fn write_members(out: &mut String, schema: &Structure, value: &Value) -> Result<(), WireError> {
    let values = value.as_members().ok_or_else(|| unfit("a member", "a structure", value))?;
    out.push('{');
    let mut first = true;
    for (member, item) in schema.members.iter().zip(values) {
        if member.is_in_document() && !item.is_null() {
            separate(out, &mut first);
            string(out, member.wire_name);
            out.push(':');
            self::value(out, member, item)?;
        }
    }
    out.push('}');
    Ok(())
}

/// Writes a value.
pub(crate) fn value(out: &mut String, member: &Member, value: &Value) -> Result<(), WireError> {
    match (&member.target().kind, value) {
        (_, Value::Null) => out.push_str("null"),
        (Kind::Structure(schema), Value::Sparse(pairs)) => sparse(out, schema, pairs)?,
        (Kind::Structure(schema), value) => write_members(out, schema, value)?,
        (Kind::List { item }, Value::List(items)) => list(out, item, items)?,
        (Kind::Map { value: item, .. }, Value::Map(pairs)) => map(out, item, pairs)?,
        (Kind::String, Value::String(content)) => string(out, content),
        (Kind::String, Value::Secret(secret)) => string(out, secret.expose()),
        (Kind::Blob, Value::Blob(bytes)) => blob(out, bytes),
        (Kind::Blob, Value::SecretBlob(secret)) => blob(out, secret.expose()),
        (Kind::Boolean, Value::Bool(flag)) => out.push_str(if *flag { "true" } else { "false" }),
        (Kind::Integer | Kind::Long, Value::Int(number)) => _ = write!(out, "{number}"),
        (Kind::Float | Kind::Double, Value::Float(number)) => float(out, member, *number),
        (Kind::Timestamp, Value::Timestamp(at)) => timestamp(out, member, *at),
        (Kind::Document, Value::Document(document)) => _ = write!(out, "{document}"),
        (_, other) => return Err(unfit(member.name, member.target().name, other)),
    }
    Ok(())
}

fn sparse(out: &mut String, schema: &Structure, pairs: &[(usize, Value)]) -> Result<(), WireError> {
    out.push('{');
    let mut first = true;
    for (at, item) in pairs {
        let member = schema.members.get(*at).ok_or_else(|| WireError::reply("a member that is not there"))?;
        separate(out, &mut first);
        string(out, member.wire_name);
        out.push(':');
        value(out, member, item)?;
    }
    out.push('}');
    Ok(())
}

fn separate(out: &mut String, first: &mut bool) {
    if !std::mem::take(first) {
        out.push(',');
    }
}

fn list(out: &mut String, item: &Member, items: &[Value]) -> Result<(), WireError> {
    out.push('[');
    let mut first = true;
    for content in items {
        separate(out, &mut first);
        value(out, item, content)?;
    }
    out.push(']');
    Ok(())
}

fn map(out: &mut String, item: &Member, pairs: &[(String, Value)]) -> Result<(), WireError> {
    out.push('{');
    let mut first = true;
    for (key, content) in pairs {
        separate(out, &mut first);
        string(out, key);
        out.push(':');
        value(out, item, content)?;
    }
    out.push('}');
    Ok(())
}

fn blob(out: &mut String, bytes: &[u8]) {
    out.push('"');
    BASE64.encode_string(bytes, out);
    out.push('"');
}

fn float(out: &mut String, member: &Member, number: f64) {
    if number.is_finite() {
        text::write_float(out, member.target(), number);
    } else {
        out.push('"');
        text::write_float(out, member.target(), number);
        out.push('"');
    }
}

fn timestamp(out: &mut String, member: &Member, at: jiff::Timestamp) {
    let format = member.timestamp_format.unwrap_or(TimestampFormat::Epoch);
    if format == TimestampFormat::Epoch {
        time::write(out, at, format, false);
    } else {
        out.push('"');
        time::write(out, at, format, false);
        out.push('"');
    }
}

/// Writes a string with its quotes.
pub(crate) fn string(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|b| b == b'"' || b == b'\\' || b < b' ') {
        let (plain, tail) = rest.split_at(at);
        out.push_str(plain);
        let mut letters = tail.chars();
        match letters.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some(letter) => _ = write!(out, "\\u{:04x}", u32::from(letter)),
            None => {}
        }
        rest = letters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}
