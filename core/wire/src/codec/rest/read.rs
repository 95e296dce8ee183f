//! Input from HTTP.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use http::{HeaderMap, HeaderName};

use super::header;
use crate::{
    Dialect, Kind, Location, Member, OperationSchema, Protocol, RequestParts, Structure, TimestampFormat,
    Value, WireError,
    codec::{budget::Budget, json, text, xml},
};

/// Reads the input from wherever its members travel.
pub(crate) fn decode(
    protocol: Protocol,
    operation: &OperationSchema,
    parts: &RequestParts<'_>,
) -> Result<Value, WireError> {
    let Some(schema) = operation.input.as_structure() else {
        return Err(WireError::reply("an operation's input must be a structure"));
    };
    let mut values = body(protocol, operation, schema, &parts.body)?;
    for (member, slot) in schema.members.iter().zip(&mut values) {
        match member.location {
            Location::Body | Location::Payload | Location::Status => {}
            Location::Header(name) => *slot = from_header(protocol, member, name, parts.headers)?,
            Location::HeaderPrefix(prefix) => *slot = prefixed(prefix, parts.headers)?,
            Location::Query(name) => *slot = from_query(protocol, member, name, parts)?,
            Location::QueryMap => *slot = query_map(member, schema, parts)?,
            Location::Label(name) => *slot = from_label(protocol, member, name, parts)?,
        }
    }
    Ok(Value::Struct(values.into()))
}

/// The members that the body brings: the payload, or those of the document. A streaming payload stays absent.
fn body(
    protocol: Protocol,
    operation: &OperationSchema,
    schema: &Structure,
    body: &[u8],
) -> Result<Vec<Value>, WireError> {
    let mut values = vec![Value::Null; schema.members.len()];
    let (input, budget) = (operation.input, Budget::new(operation));
    if let Some((at, member)) = input.payload() {
        if let Some(slot) = values.get_mut(at).filter(|_| !member.streams()) {
            *slot = payload(protocol, member, body, budget)?;
        }
        return Ok(values);
    }
    if body.is_empty() || !schema.members.iter().any(Member::is_in_document) {
        return Ok(values);
    }
    let document = match protocol {
        Protocol::RestXml => {
            let root = schema.xml_name.unwrap_or(input.name);
            xml::structure(body, root, schema, budget)?
        }
        _ => json::structure(body, schema, Dialect::Standard, budget)?,
    };
    match document {
        Value::Struct(members) => Ok(members.into_vec()),
        _ => Err(WireError::reply("a document must be a structure")),
    }
}

fn payload(protocol: Protocol, member: &Member, body: &[u8], budget: Budget) -> Result<Value, WireError> {
    if body.is_empty() {
        return Ok(Value::Null);
    }
    match (&member.target().kind, protocol) {
        (Kind::Blob, _) => Ok(text::bytes_value(member, body.to_vec())),
        (Kind::String, _) => {
            let content = std::str::from_utf8(body).map_err(|_| not_utf8())?;
            Ok(text::string(member, Cow::Borrowed(content)))
        }
        (Kind::Structure(_), Protocol::RestXml) => {
            xml::document(body, &[member.root_name(), member.target().name], member, budget)
        }
        (_, Protocol::RestXml) => xml::document(body, &[member.wire_name], member, budget),
        _ => json::document(body, member, budget),
    }
}

fn not_utf8() -> WireError {
    WireError::serialization("the body is not UTF-8")
}

fn refuse(protocol: Protocol, member: &Member, name: &str, value: &str) -> WireError {
    let shown = if member.is_sensitive() { "" } else { value };
    let message = match (&member.target().kind, protocol) {
        (Kind::Integer | Kind::Long, Protocol::RestXml) => {
            format!("Provided {name} not an integer or within integer range")
        }
        _ => format!("Invalid value for {name}"),
    };
    WireError::InvalidArgument { name: name.to_owned(), value: shown.to_owned(), message: message.into() }
}

fn scalar(
    protocol: Protocol,
    member: &Member,
    name: &str,
    content: &str,
    format: TimestampFormat,
) -> Result<Value, WireError> {
    text::parse(member, Cow::Borrowed(content), format).ok_or_else(|| refuse(protocol, member, name, content))
}

fn from_label(
    protocol: Protocol,
    member: &Member,
    name: &str,
    parts: &RequestParts<'_>,
) -> Result<Value, WireError> {
    match parts.labels.iter().find(|(label, _)| *label == name) {
        Some((_, content)) => scalar(protocol, member, name, content, TimestampFormat::Iso8601),
        None => Ok(Value::Null),
    }
}

fn from_query(
    protocol: Protocol,
    member: &Member,
    name: &str,
    parts: &RequestParts<'_>,
) -> Result<Value, WireError> {
    let mut found = parts.query.iter().filter(|(key, _)| key == name).map(|(_, value)| value);
    let read =
        |member: &Member, content: &str| scalar(protocol, member, name, content, TimestampFormat::Iso8601);
    if let Kind::List { item } = &member.target().kind {
        let items: Result<Vec<_>, _> = found.map(|content| read(item, content)).collect();
        return items.map(|items| if items.is_empty() { Value::Null } else { Value::List(items) });
    }
    found.next().map_or(Ok(Value::Null), |content| read(member, content))
}

/// All parameters that no other member takes; as lists of strings, where the map's values are lists.
fn query_map(member: &Member, schema: &Structure, parts: &RequestParts<'_>) -> Result<Value, WireError> {
    let taken =
        |name: &str| schema.members.iter().any(|m| matches!(m.location, Location::Query(n) if n == name));
    let Kind::Map { value: item, .. } = &member.target().kind else {
        return Err(WireError::reply("a map of query parameters must be a map"));
    };
    let lists = matches!(item.target().kind, Kind::List { .. });
    let mut pairs: Vec<(String, Value)> = Vec::new();
    for (name, content) in parts.query.iter().filter(|(name, _)| !taken(name)) {
        let value = Value::String(content.clone().into_owned());
        match pairs.iter_mut().find(|(key, _)| key == name) {
            Some((_, Value::List(items))) => items.push(value),
            Some(_) => {}
            None => {
                let value = if lists { Value::List(vec![value]) } else { value };
                pairs.push((name.clone().into_owned(), value));
            }
        }
    }
    Ok(if pairs.is_empty() { Value::Null } else { Value::Map(pairs) })
}

fn header_text<'h>(
    headers: &'h HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = Result<&'h str, WireError>> {
    let name = name.clone();
    headers.get_all(&name).into_iter().map(move |value| {
        std::str::from_utf8(value.as_bytes()).map_err(|_| WireError::InvalidArgument {
            name: name.to_string(),
            value: String::new(),
            message: "Header values must be UTF-8".into(),
        })
    })
}

fn from_header(
    protocol: Protocol,
    member: &Member,
    name: &HeaderName,
    headers: &HeaderMap,
) -> Result<Value, WireError> {
    let Some(first) = headers.get(name) else { return Ok(Value::Null) };
    if let Kind::List { item } = &member.target().kind {
        let mut items = Vec::new();
        for content in header_text(headers, name) {
            for part in header::split(content?, item) {
                items.push(scalar(protocol, item, name.as_str(), &part, TimestampFormat::Rfc822)?);
            }
        }
        return Ok(Value::List(items));
    }
    let content =
        std::str::from_utf8(first.as_bytes()).map_err(|_| refuse(protocol, member, name.as_str(), ""))?;
    if member.json_value {
        return json_value(member, content).ok_or_else(|| refuse(protocol, member, name.as_str(), content));
    }
    scalar(protocol, member, name.as_str(), content, TimestampFormat::Rfc822)
}

/// Base64 of JSON; the value is the JSON's text.
fn json_value(member: &Member, content: &str) -> Option<Value> {
    let decoded = String::from_utf8(BASE64.decode(content.trim()).ok()?).ok()?;
    Some(text::string(member, decoded.into()))
}

/// A map of all headers with the prefix. Several headers of one name are one value, joined by commas.
fn prefixed(prefix: &str, headers: &HeaderMap) -> Result<Value, WireError> {
    let mut pairs = Vec::new();
    for name in headers.keys() {
        let Some(key) = name.as_str().strip_prefix(prefix) else { continue };
        let parts: Result<Vec<_>, _> = header_text(headers, name).collect();
        pairs.push((key.to_owned(), Value::String(parts?.join(","))));
    }
    Ok(if pairs.is_empty() { Value::Null } else { Value::Map(pairs) })
}
