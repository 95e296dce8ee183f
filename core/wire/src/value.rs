use bytes::Bytes;
use jiff::Timestamp;

use crate::{Secret, SecretBytes};

/// A value of some [`Schema`](crate::Schema): what codecs read and write.
///
/// Streaming payloads are carried beside it, never in it.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Absent, or an explicit null.
    #[default]
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer or long; the codec has checked the range of its kind.
    Int(i64),
    /// A float or double, infinities and NaN included.
    Float(f64),
    /// A string or an enum.
    String(String),
    /// A string marked sensitive.
    Secret(Secret),
    /// A blob, decoded.
    Blob(Bytes),
    /// A blob marked sensitive, decoded.
    SecretBlob(SecretBytes),
    /// A point in time.
    Timestamp(Timestamp),
    /// A list. `Null` items are possible where the protocol can say so.
    List(Vec<Value>),
    /// A map, in the order of the wire.
    Map(Vec<(String, Value)>),
    /// A structure or union: one value per member of the schema, in its order.
    Struct(Box<[Value]>),
    /// A structure whose schema is [sparse](crate::Structure::sparse): the members that are there, by their place
    /// in the schema, in the order of the wire.
    Sparse(Vec<(usize, Value)>),
    /// A free-form document.
    Document(Box<serde_json::Value>),
}

impl Value {
    /// A structure from its members' values, in the schema's order.
    pub fn structure<const N: usize>(members: [Self; N]) -> Self {
        Self::Struct(Box::new(members))
    }

    /// Whether nothing is there.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text of a string, sensitive or not.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            Self::Secret(secret) => Some(secret.expose()),
            _ => None,
        }
    }

    /// The bytes of a blob, sensitive or not.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Blob(bytes) => Some(bytes),
            Self::SecretBlob(secret) => Some(secret.expose()),
            _ => None,
        }
    }

    /// The members of a structure.
    pub fn as_members(&self) -> Option<&[Self]> {
        match self {
            Self::Struct(members) => Some(members),
            _ => None,
        }
    }

    /// What kind of value this is, for error messages.
    pub fn kind_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Int(_) => "integer",
            Self::Float(_) => "float",
            Self::String(_) | Self::Secret(_) => "string",
            Self::Blob(_) | Self::SecretBlob(_) => "blob",
            Self::Timestamp(_) => "timestamp",
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Struct(_) | Self::Sparse(_) => "structure",
            Self::Document(_) => "document",
        }
    }
}
