//! Values on the wire, and why a supplied one is none.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use kurodo_wire::{ShapeError, Value, Valued};

use super::{Attribute, Item, Type};
use crate::number::NumberError;

/// Why a supplied value is none that can be stored; displays as AWS says it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// No type at all.
    #[error("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")]
    Empty,
    /// More than one type.
    #[error(
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"
    )]
    Several,
    /// `NULL` that is not true.
    #[error(
        "One or more parameter values were invalid: Null attribute value types must have the value of true"
    )]
    Null,
    /// A set without members.
    #[error("One or more parameter values were invalid: An {0} set  may not be empty")]
    EmptySet(&'static str),
    /// A set of binaries without members.
    #[error("One or more parameter values were invalid: Binary sets should not be empty")]
    EmptyBinarySet,
    /// A member of a set that is there twice.
    #[error("One or more parameter values were invalid: Input collection {0} contains duplicates.")]
    Duplicates(String),
    /// A binary that is there twice.
    #[error("One or more parameter values were invalid: Input collection {0}of type BS contains duplicates.")]
    DuplicateBinaries(String),
    /// A number that is there twice.
    #[error("Input collection contains duplicates")]
    DuplicateNumbers,
    /// Not a number.
    #[error(transparent)]
    Number(#[from] NumberError),
    /// Lists and maps nest too deep.
    #[error(
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"
    )]
    Nesting,
}

impl Invalid {
    /// Whether it is a set or a null that is wrong, and not the form of the value or a number.
    pub(crate) fn is_counted(&self) -> bool {
        match self {
            Self::Null | Self::EmptySet(_) | Self::EmptyBinarySet => true,
            Self::Duplicates(_) | Self::DuplicateBinaries(_) | Self::DuplicateNumbers => true,
            Self::Empty | Self::Several | Self::Number(_) | Self::Nesting => false,
        }
    }
}

/// A value as a request supplies it: one that can be stored, or why it is none.
#[derive(Debug, Clone, PartialEq)]
pub struct Supplied(pub Result<Attribute, Invalid>);

/// How many lists and maps are around a value at most: with the attribute, 32 levels.
///
/// Source: DynamoDB Developer Guide, "Quotas", nested attribute depth.
pub(crate) const DEEPEST: usize = 31;

impl Valued for Supplied {
    fn from_value(value: Value) -> Result<Self, ShapeError> {
        read(value, 0).map(Self)
    }

    fn into_value(self) -> Value {
        match self.0 {
            Ok(attribute) => write(attribute),
            Err(_) => Value::Sparse(Vec::new()),
        }
    }
}

type Read<T> = Result<Result<T, Invalid>, ShapeError>;

fn read(value: Value, depth: usize) -> Read<Attribute> {
    let Value::Sparse(members) = value else {
        return Err(ShapeError::Kind { expected: "structure", found: value.kind_name() });
    };
    let (mut found, several) = (None, members.len() > 1);
    for (at, value) in members {
        let Some(kind) = Type::ALL.get(at) else { return Err(ShapeError::Range) };
        match member(*kind, value, depth)? {
            Ok(attribute) => found = Some(attribute),
            Err(invalid) => return Ok(Err(invalid)),
        }
    }
    Ok(if several { Err(Invalid::Several) } else { found.ok_or(Invalid::Empty) })
}

fn member(kind: Type, value: Value, depth: usize) -> Read<Attribute> {
    Ok(match kind {
        Type::S => Ok(Attribute::String(Valued::from_value(value)?)),
        Type::N => number(&value).map(Attribute::Number),
        Type::B => Ok(Attribute::Binary(Valued::from_value(value)?)),
        Type::BOOL => Ok(Attribute::Bool(Valued::from_value(value)?)),
        Type::NULL => bool::from_value(value)?.then_some(Attribute::Null).ok_or(Invalid::Null),
        Type::SS => strings(Valued::from_value(value)?),
        Type::NS => numbers(items(value)?),
        Type::BS => binaries(Valued::from_value(value)?),
        Type::L | Type::M if depth >= DEEPEST => Err(Invalid::Nesting),
        Type::L => list(items(value)?, depth)?.map(Attribute::List),
        Type::M => map(value, depth)?.map(Attribute::Map),
    })
}

fn items(value: Value) -> Result<Vec<Value>, ShapeError> {
    match value {
        Value::List(items) => Ok(items),
        other => Err(ShapeError::Kind { expected: "list", found: other.kind_name() }),
    }
}

fn number(value: &Value) -> Result<crate::number::Number, Invalid> {
    Ok(value.as_str().unwrap_or_default().parse()?)
}

fn strings(all: Vec<String>) -> Result<Attribute, Invalid> {
    match () {
        () if all.is_empty() => Err(Invalid::EmptySet("string")),
        () if has_twice(&all) => Err(Invalid::Duplicates(format!("[{}]", all.join(", ")))),
        () => Ok(Attribute::Strings(all)),
    }
}

fn numbers(all: Vec<Value>) -> Result<Attribute, Invalid> {
    if all.is_empty() {
        return Err(Invalid::EmptySet("number"));
    }
    let all = all.iter().map(number).collect::<Result<Vec<_>, _>>()?;
    if has_twice(&all) { Err(Invalid::DuplicateNumbers) } else { Ok(Attribute::Numbers(all)) }
}

fn binaries(all: Vec<Bytes>) -> Result<Attribute, Invalid> {
    match () {
        () if all.is_empty() => Err(Invalid::EmptyBinarySet),
        () if has_twice(&all) => {
            let shown: Vec<_> = all.iter().map(|one| BASE64.encode(one)).collect();
            Err(Invalid::DuplicateBinaries(format!("[{}]", shown.join(", "))))
        }
        () => Ok(Attribute::Binaries(all)),
    }
}

fn has_twice<T: Ord>(all: &[T]) -> bool {
    let mut sorted: Vec<&T> = all.iter().collect();
    sorted.sort_unstable();
    sorted.windows(2).any(|pair| matches!(pair, [a, b] if a == b))
}

fn list(all: Vec<Value>, depth: usize) -> Read<Vec<Attribute>> {
    let mut list = Vec::with_capacity(all.len());
    for value in all {
        if value.is_null() {
            return Ok(Err(Invalid::Empty));
        }
        match read(value, depth + 1)? {
            Ok(attribute) => list.push(attribute),
            Err(invalid) => return Ok(Err(invalid)),
        }
    }
    Ok(Ok(list))
}

fn map(value: Value, depth: usize) -> Read<Item> {
    let Value::Map(pairs) = value else {
        return Err(ShapeError::Kind { expected: "map", found: value.kind_name() });
    };
    let mut item = Item::new();
    for (name, value) in pairs {
        if value.is_null() {
            return Ok(Err(Invalid::Empty));
        }
        match read(value, depth + 1)? {
            Ok(attribute) => _ = item.insert(name, attribute),
            Err(invalid) => return Ok(Err(invalid)),
        }
    }
    Ok(Ok(item))
}

fn write(attribute: Attribute) -> Value {
    let kind = attribute.type_of();
    let at = Type::ALL.iter().position(|known| *known == kind).unwrap_or_default();
    let value = match attribute {
        Attribute::String(text) => Value::String(text),
        Attribute::Number(number) => Value::String(number.to_string()),
        Attribute::Binary(bytes) => Value::Blob(bytes),
        Attribute::Bool(flag) => Value::Bool(flag),
        Attribute::Null => Value::Bool(true),
        Attribute::Strings(all) => all.into_value(),
        Attribute::Numbers(all) => {
            Value::List(all.iter().map(|number| Value::String(number.to_string())).collect())
        }
        Attribute::Binaries(all) => all.into_value(),
        Attribute::List(all) => Value::List(all.into_iter().map(write).collect()),
        Attribute::Map(item) => {
            Value::Map(item.into_iter().map(|(name, value)| (name, write(value))).collect())
        }
    };
    Value::Sparse(vec![(at, value)])
}

/// The item of supplied values.
pub(crate) fn item(supplied: BTreeMap<String, Supplied>) -> Result<Item, Invalid> {
    supplied.into_iter().map(|(name, value)| Ok((name, value.0?))).collect()
}

/// The item, as replies carry it.
pub(crate) fn shown(item: Item) -> BTreeMap<String, Supplied> {
    item.into_iter().map(|(name, value)| (name, Supplied(Ok(value)))).collect()
}
