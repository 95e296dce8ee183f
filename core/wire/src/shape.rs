use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;

use crate::{Schema, Secret, SecretBytes, ShapeError, Value};

/// A type that stands for some value of the wire.
pub trait Valued: Sized {
    /// Reads the value. Decoded and validated input always reads; anything else is a [`ShapeError`].
    fn from_value(value: Value) -> Result<Self, ShapeError>;
    /// Writes the value.
    fn into_value(self) -> Value;
}

/// A generated structure or union, with its description.
pub trait Shape: Valued {
    /// The description that codecs follow.
    fn schema() -> &'static Schema;
}

/// The place of a member whose content travels beside the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Streaming;

impl Valued for Streaming {
    fn from_value(_: Value) -> Result<Self, ShapeError> {
        Ok(Self)
    }
    fn into_value(self) -> Value {
        Value::Null
    }
}

/// Opens a structure of `N` members.
pub fn members<const N: usize>(value: Value) -> Result<[Value; N], ShapeError> {
    let Value::Struct(members) = value else {
        return Err(ShapeError::Kind { expected: "structure", found: value.kind_name() });
    };
    let found = members.len();
    let members: Box<[Value; N]> =
        members.try_into().map_err(|_| ShapeError::MemberCount { expected: N, found })?;
    Ok(*members)
}

/// Reads one member, naming it in the error.
pub fn take<T: Valued>(value: Value, name: &'static str) -> Result<T, ShapeError> {
    T::from_value(value).map_err(|error| error.within(name))
}

/// Opens a union: which member is set, and its value.
pub fn union_member(value: Value, name: &'static str) -> Result<(usize, Value), ShapeError> {
    let Value::Struct(members) = value else {
        return Err(ShapeError::Kind { expected: "structure", found: value.kind_name() });
    };
    let mut set = members.into_iter().enumerate().filter(|(_, member)| !member.is_null());
    match (set.next(), set.next()) {
        (Some(member), None) => Ok(member),
        _ => Err(ShapeError::Union(name)),
    }
}

/// A union of `N` members with this one set.
pub fn union_value<const N: usize>(at: usize, value: Value) -> Value {
    let mut members = [const { Value::Null }; N];
    if let Some(member) = members.get_mut(at) {
        *member = value;
    }
    Value::structure(members)
}

fn wrong<T>(expected: &'static str, found: &Value) -> Result<T, ShapeError> {
    Err(ShapeError::Kind { expected, found: found.kind_name() })
}

impl Valued for bool {
    fn from_value(value: Value) -> Result<Self, ShapeError> {
        if let Value::Bool(flag) = value { Ok(flag) } else { wrong("boolean", &value) }
    }
    fn into_value(self) -> Value {
        Value::Bool(self)
    }
}

impl Valued for i64 {
    fn from_value(value: Value) -> Result<Self, ShapeError> {
        if let Value::Int(number) = value { Ok(number) } else { wrong("integer", &value) }
    }
    fn into_value(self) -> Value {
        Value::Int(self)
    }
}

impl Valued for i32 {
    fn from_value(value: Value) -> Result<Self, ShapeError> {
        i64::from_value(value)?.try_into().map_err(|_| ShapeError::Range)
    }
    fn into_value(self) -> Value {
        Value::Int(self.into())
    }
}

impl Valued for f64 {
    fn from_value(value: Value) -> Result<Self, ShapeError> {
        if let Value::Float(number) = value { Ok(number) } else { wrong("float", &value) }
    }
    fn into_value(self) -> Value {
        Value::Float(self)
    }
}

impl Valued for f32 {
    fn from_value(value: Value) -> Result<Self, ShapeError> {
        #[expect(clippy::cast_possible_truncation, reason = "AWS's float has single precision")]
        f64::from_value(value).map(|number| number as Self)
    }
    fn into_value(self) -> Value {
        Value::Float(self.into())
    }
}

impl Valued for String {
    fn from_value(value: Value) -> Result<Self, ShapeError> {
        if let Value::String(text) = value { Ok(text) } else { wrong("string", &value) }
    }
    fn into_value(self) -> Value {
        Value::String(self)
    }
}

impl Valued for Secret {
    fn from_value(value: Value) -> Result<Self, ShapeError> {
        match value {
            Value::Secret(secret) => Ok(secret),
            Value::String(text) => Ok(Self::new(text)),
            other => wrong("string", &other),
        }
    }
    fn into_value(self) -> Value {
        Value::Secret(self)
    }
}

impl Valued for Bytes {
    fn from_value(value: Value) -> Result<Self, ShapeError> {
        if let Value::Blob(bytes) = value { Ok(bytes) } else { wrong("blob", &value) }
    }
    fn into_value(self) -> Value {
        Value::Blob(self)
    }
}

impl Valued for SecretBytes {
    fn from_value(value: Value) -> Result<Self, ShapeError> {
        match value {
            Value::SecretBlob(secret) => Ok(secret),
            Value::Blob(bytes) => Ok(Self::new(bytes.to_vec())),
            other => wrong("blob", &other),
        }
    }
    fn into_value(self) -> Value {
        Value::SecretBlob(self)
    }
}

impl Valued for Timestamp {
    fn from_value(value: Value) -> Result<Self, ShapeError> {
        if let Value::Timestamp(at) = value { Ok(at) } else { wrong("timestamp", &value) }
    }
    fn into_value(self) -> Value {
        Value::Timestamp(self)
    }
}

impl Valued for serde_json::Value {
    fn from_value(value: Value) -> Result<Self, ShapeError> {
        if let Value::Document(document) = value { Ok(*document) } else { wrong("document", &value) }
    }
    fn into_value(self) -> Value {
        Value::Document(Box::new(self))
    }
}

impl<T: Valued> Valued for Option<T> {
    fn from_value(value: Value) -> Result<Self, ShapeError> {
        if value.is_null() { Ok(None) } else { T::from_value(value).map(Some) }
    }
    fn into_value(self) -> Value {
        self.map_or(Value::Null, T::into_value)
    }
}

impl<T: Valued> Valued for Box<T> {
    fn from_value(value: Value) -> Result<Self, ShapeError> {
        T::from_value(value).map(Self::new)
    }
    fn into_value(self) -> Value {
        (*self).into_value()
    }
}

impl<T: Valued> Valued for Vec<T> {
    fn from_value(value: Value) -> Result<Self, ShapeError> {
        if let Value::List(items) = value {
            items.into_iter().map(T::from_value).collect()
        } else {
            wrong("list", &value)
        }
    }
    fn into_value(self) -> Value {
        Value::List(self.into_iter().map(T::into_value).collect())
    }
}

impl<T: Valued> Valued for BTreeMap<String, T> {
    fn from_value(value: Value) -> Result<Self, ShapeError> {
        if let Value::Map(pairs) = value {
            pairs.into_iter().map(|(key, item)| Ok((key, T::from_value(item)?))).collect()
        } else {
            wrong("map", &value)
        }
    }
    fn into_value(self) -> Value {
        Value::Map(self.into_iter().map(|(key, item)| (key, item.into_value())).collect())
    }
}
