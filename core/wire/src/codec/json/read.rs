//! Values from JSON.

use std::collections::{HashMap, HashSet};

use super::{
    coral, dynamodb,
    scan::{Scanner, Start, malformed},
};
use crate::{
    Dialect, Kind, Member, Structure, TimestampFormat, Value, WireError,
    codec::{budget::Budget, text, time},
};

/// Reads a whole document that stands for this structure. No body at all is an empty object.
pub(crate) fn structure(
    body: &[u8],
    schema: &Structure,
    dialect: Dialect,
    budget: Budget,
) -> Result<Value, WireError> {
    whole(body, dialect, budget, |scanner| match scanner.start()? {
        Start::Object => members(scanner, schema),
        _ if dialect == Dialect::Coral => Err(coral::malformed()),
        other => Err(unexpected(other, "Object")),
    })
    .map(|found| found.unwrap_or_else(|| Value::Struct(vec![Value::Null; schema.members.len()].into())))
}

/// Reads a whole document that stands for this member. No body at all is null.
pub(crate) fn document(body: &[u8], member: &Member, budget: Budget) -> Result<Value, WireError> {
    whole(body, Dialect::Standard, budget, |scanner| value(scanner, member)).map(Option::unwrap_or_default)
}

fn whole(
    body: &[u8],
    dialect: Dialect,
    budget: Budget,
    read: impl FnOnce(&mut Scanner<'_>) -> Result<Value, WireError>,
) -> Result<Option<Value>, WireError> {
    let text = std::str::from_utf8(body).map_err(|_| WireError::serialization("the body is not UTF-8"))?;
    let mut scanner = Scanner::new(text, dialect, budget);
    if scanner.at_end() {
        return match dialect {
            Dialect::DynamoDb => Err(malformed()),
            Dialect::Coral => Err(coral::malformed()),
            _ => Ok(None),
        };
    }
    let value = read(&mut scanner);
    let ended = value.is_err() || scanner.at_end();
    match if ended { value } else { Err(malformed()) } {
        Err(error) if dialect == Dialect::Coral && error == malformed() => Err(coral::malformed()),
        other => other.map(Some),
    }
}

fn value(scanner: &mut Scanner<'_>, member: &Member) -> Result<Value, WireError> {
    let start = scanner.start()?;
    let schema = member.target();
    match (&schema.kind, start) {
        (Kind::Document, _) => free(scanner),
        (_, Start::Null) => scanner.word("null").map(|()| Value::Null),
        (Kind::Structure(inner), Start::Object) => members(scanner, inner),
        (Kind::List { item }, Start::List) => list(scanner, item),
        (Kind::Map { value, .. }, Start::Object) => map(scanner, value),
        (Kind::String, Start::String) => Ok(text::string(member, scanner.string()?)),
        (Kind::Blob, Start::String) => {
            let content = scanner.string()?;
            text::blob(member, &content).ok_or_else(|| match scanner.dialect {
                Dialect::DynamoDb => dynamodb::not_base64(&content),
                Dialect::Coral => coral::not_base64(&content),
                _ => WireError::serialization(format!("`{}` is not base64", member.wire_name)),
            })
        }
        (Kind::Boolean, Start::True) => scanner.word("true").map(|()| Value::Bool(true)),
        (Kind::Boolean, Start::False) => scanner.word("false").map(|()| Value::Bool(false)),
        (Kind::Integer | Kind::Long, Start::Number) => integer(scanner, member),
        (Kind::Float | Kind::Double, Start::Number) => {
            let number = text::float(schema, scanner.number()?);
            number.map(Value::Float).ok_or_else(|| out_of_range(member))
        }
        (Kind::Float | Kind::Double, Start::String) => word_for_float(scanner, member),
        (Kind::Timestamp, Start::String) if scanner.dialect == Dialect::Coral => {
            coral::other(scanner, &schema.kind, start)
        }
        (Kind::Timestamp, Start::Number | Start::String) => timestamp(scanner, member, start),
        (kind, start) if scanner.dialect == Dialect::DynamoDb => {
            dynamodb::other(scanner, member, kind, start)
        }
        (kind, start) if scanner.dialect == Dialect::Coral => coral::other(scanner, kind, start),
        (_, start) => Err(unexpected(start, kind_name(&schema.kind))),
    }
}

fn members(scanner: &mut Scanner<'_>, schema: &Structure) -> Result<Value, WireError> {
    if schema.sparse {
        return sparse(scanner, schema);
    }
    scanner.budget.take(schema.members.len())?;
    let mut values = vec![Value::Null; schema.members.len()];
    let mut more = scanner.enter(b'{', b'}')?;
    while more {
        let key = scanner.key()?;
        let known = schema.members.iter().zip(&mut values).find(|(member, _)| member.wire_name == key);
        match known.filter(|(member, _)| member.is_in_document()) {
            Some((member, slot)) => *slot = value(scanner, member)?,
            None => _ = scanner.skip()?,
        }
        more = scanner.more(b'}')?;
    }
    Ok(Value::Struct(values.into()))
}

fn sparse(scanner: &mut Scanner<'_>, schema: &Structure) -> Result<Value, WireError> {
    let mut values = Vec::with_capacity(1);
    let mut more = scanner.enter(b'{', b'}')?;
    while more {
        scanner.budget.take(1)?;
        let key = scanner.key()?;
        match schema.members.iter().enumerate().find(|(_, member)| member.wire_name == key) {
            Some((at, member)) => {
                let value = value(scanner, member)?;
                if !value.is_null() {
                    values.push((at, value));
                }
            }
            None => _ = scanner.skip()?,
        }
        more = scanner.more(b'}')?;
    }
    Ok(Value::Sparse(values))
}

fn list(scanner: &mut Scanner<'_>, item: &Member) -> Result<Value, WireError> {
    let mut items = Vec::new();
    let mut more = scanner.enter(b'[', b']')?;
    while more {
        scanner.budget.take(1)?;
        items.push(value(scanner, item)?);
        more = scanner.more(b']')?;
    }
    Ok(Value::List(items))
}

/// Of equal keys the last one counts.
fn map(scanner: &mut Scanner<'_>, item: &Member) -> Result<Value, WireError> {
    let mut pairs = Vec::new();
    let mut more = scanner.enter(b'{', b'}')?;
    while more {
        scanner.budget.take(1)?;
        let key = scanner.key()?.into_owned();
        pairs.push((key, value(scanner, item)?));
        more = scanner.more(b'}')?;
    }
    Ok(Value::Map(last_of_equal(pairs)))
}

/// Keeps the order of the wire, and of equal keys the last pair.
pub(crate) fn last_of_equal(mut pairs: Vec<(String, Value)>) -> Vec<(String, Value)> {
    if has_equal_keys(&pairs) {
        let last: HashMap<String, usize> =
            pairs.iter().enumerate().map(|(at, (key, _))| (key.clone(), at)).collect();
        let mut at = 0;
        pairs.retain(|(key, _)| {
            at += 1;
            last.get(key) == Some(&(at - 1))
        });
    }
    pairs
}

fn has_equal_keys(pairs: &[(String, Value)]) -> bool {
    const FEW: usize = 8;
    if pairs.len() > FEW {
        let mut seen = HashSet::with_capacity(pairs.len());
        return !pairs.iter().all(|(key, _)| seen.insert(key.as_str()));
    }
    let mut rest = pairs;
    while let Some(((key, _), tail)) = rest.split_first() {
        if tail.iter().any(|(other, _)| other == key) {
            return true;
        }
        rest = tail;
    }
    false
}

fn integer(scanner: &mut Scanner<'_>, member: &Member) -> Result<Value, WireError> {
    let text = match (scanner.number()?, scanner.dialect) {
        (text, Dialect::DynamoDb | Dialect::Coral) => text.split_once('.').map_or(text, |(whole, _)| whole),
        (text, _) => text,
    };
    if scanner.dialect == Dialect::Coral {
        return coral::integer(&member.target().kind, text).ok_or_else(|| out_of_range(member));
    }
    let number: i64 = text.parse().map_err(|_| out_of_range(member))?;
    if matches!(member.target().kind, Kind::Integer) && i32::try_from(number).is_err() {
        return Err(out_of_range(member));
    }
    Ok(Value::Int(number))
}

fn out_of_range(member: &Member) -> WireError {
    let kind = kind_name(&member.target().kind);
    WireError::serialization(format!("`{}` is not a number that {kind} can hold", member.wire_name))
}

fn word_for_float(scanner: &mut Scanner<'_>, member: &Member) -> Result<Value, WireError> {
    match &*scanner.string()? {
        word @ ("NaN" | "Infinity" | "-Infinity") => {
            text::float(member.target(), word).map(Value::Float).ok_or_else(|| out_of_range(member))
        }
        _ => Err(unexpected(Start::String, kind_name(&member.target().kind))),
    }
}

fn timestamp(scanner: &mut Scanner<'_>, member: &Member, start: Start) -> Result<Value, WireError> {
    let format = member.timestamp_format.unwrap_or(TimestampFormat::Epoch);
    let at = match (format, start) {
        (TimestampFormat::Epoch, Start::Number) => time::parse(scanner.number()?, format),
        (TimestampFormat::Iso8601 | TimestampFormat::Rfc822, Start::String) => {
            time::parse(&scanner.string()?, format)
        }
        _ => return Err(unexpected(start, "Timestamp")),
    };
    at.map(Value::Timestamp)
        .ok_or_else(|| WireError::serialization(format!("`{}` is not a timestamp", member.wire_name)))
}

/// Any JSON. The scanner has bounded its depth before serde_json reads it.
fn free(scanner: &mut Scanner<'_>) -> Result<Value, WireError> {
    let text = scanner.skip()?;
    scanner.budget.take(text.len())?;
    let document: serde_json::Value = serde_json::from_str(text).map_err(|_| malformed())?;
    Ok(if document.is_null() { Value::Null } else { Value::Document(Box::new(document)) })
}

/// The words of AWS's JSON services for a value of another type.
fn unexpected(start: Start, wanted: &str) -> WireError {
    let found = match start {
        Start::Object => {
            return WireError::serialization("Start of structure or map found where not expected.");
        }
        Start::List => return WireError::serialization("Start of list found where not expected"),
        Start::Null => "NULL_VALUE",
        Start::True => "TRUE_VALUE",
        Start::False => "FALSE_VALUE",
        Start::Number => "NUMBER_VALUE",
        Start::String => "STRING_VALUE",
    };
    let article = if wanted.starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" };
    WireError::serialization(format!("{found} can not be converted to {article} {wanted}"))
}

fn kind_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Boolean => "Boolean",
        Kind::Integer => "Integer",
        Kind::Long => "Long",
        Kind::Float => "Float",
        Kind::Double => "Double",
        Kind::String => "String",
        Kind::Blob => "Blob",
        Kind::Timestamp => "Timestamp",
        Kind::Document => "Document",
        Kind::List { .. } => "List",
        Kind::Map { .. } => "Map",
        Kind::Structure(_) => "Object",
    }
}
