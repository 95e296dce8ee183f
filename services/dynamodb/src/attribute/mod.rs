//! Attribute values: what items are made of.

mod describe;
mod record;
mod size;
mod supplied;

use std::{cmp::Ordering, collections::BTreeMap};

use bytes::Bytes;

pub(crate) use record::{Damaged, decode, encode};
pub(crate) use size::item_size;
pub(crate) use supplied::{DEEPEST, item, shown};
pub use supplied::{Invalid, Supplied};

use crate::number::Number;

/// An item, or the value of a map: attributes by name.
pub type Item = BTreeMap<String, Attribute>;

/// The value of an attribute. Sets hold no value twice, and are not empty.
#[derive(Debug, Clone, PartialEq)]
pub enum Attribute {
    /// `S`
    String(String),
    /// `N`
    Number(Number),
    /// `B`
    Binary(Bytes),
    /// `BOOL`
    Bool(bool),
    /// `NULL`
    Null,
    /// `SS`
    Strings(Vec<String>),
    /// `NS`
    Numbers(Vec<Number>),
    /// `BS`
    Binaries(Vec<Bytes>),
    /// `L`
    List(Vec<Attribute>),
    /// `M`
    Map(Item),
}

/// The type of an attribute's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Type {
    /// String.
    S,
    /// Number.
    N,
    /// Binary.
    B,
    /// Boolean.
    BOOL,
    /// Null.
    NULL,
    /// Set of strings.
    SS,
    /// Set of numbers.
    NS,
    /// Set of binaries.
    BS,
    /// List.
    L,
    /// Map.
    M,
}

impl Type {
    /// All of them, in the order of the API's description.
    pub(crate) const ALL: [Self; 10] =
        [Self::S, Self::N, Self::B, Self::SS, Self::NS, Self::BS, Self::M, Self::L, Self::NULL, Self::BOOL];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::N => "N",
            Self::B => "B",
            Self::BOOL => "BOOL",
            Self::NULL => "NULL",
            Self::SS => "SS",
            Self::NS => "NS",
            Self::BS => "BS",
            Self::L => "L",
            Self::M => "M",
        }
    }

    /// The name in messages about update expressions.
    pub(crate) fn long_name(self) -> &'static str {
        match self {
            Self::S => "STRING",
            Self::N => "NUMBER",
            Self::B => "BINARY",
            Self::BOOL => "BOOLEAN",
            Self::NULL => "NULL",
            Self::SS => "STRING_SET",
            Self::NS => "NUMBER_SET",
            Self::BS => "BINARY_SET",
            Self::L => "LIST",
            Self::M => "MAP",
        }
    }

    /// The type of this name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// Whether it is one of the sets.
    pub(crate) fn is_set(self) -> bool {
        matches!(self, Self::SS | Self::NS | Self::BS)
    }
}

impl Attribute {
    /// Its type.
    pub fn type_of(&self) -> Type {
        match self {
            Self::String(_) => Type::S,
            Self::Number(_) => Type::N,
            Self::Binary(_) => Type::B,
            Self::Bool(_) => Type::BOOL,
            Self::Null => Type::NULL,
            Self::Strings(_) => Type::SS,
            Self::Numbers(_) => Type::NS,
            Self::Binaries(_) => Type::BS,
            Self::List(_) => Type::L,
            Self::Map(_) => Type::M,
        }
    }

    /// The order of two strings, numbers or binaries; `None` for other types, and for two that differ.
    pub(crate) fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::String(a), Self::String(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
            (Self::Number(a), Self::Number(b)) => Some(a.cmp(b)),
            (Self::Binary(a), Self::Binary(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }

    /// How deep lists and maps nest in it; 0 for a value that is neither.
    pub(crate) fn depth(&self) -> usize {
        match self {
            Self::List(all) => 1 + all.iter().map(Self::depth).max().unwrap_or_default(),
            Self::Map(pairs) => 1 + pairs.values().map(Self::depth).max().unwrap_or_default(),
            _ => 0,
        }
    }

    /// Whether both are the same value; the order within sets does not count.
    pub(crate) fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Strings(a), Self::Strings(b)) => same_members(a, b),
            (Self::Numbers(a), Self::Numbers(b)) => same_members(a, b),
            (Self::Binaries(a), Self::Binaries(b)) => same_members(a, b),
            (Self::List(a), Self::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.equals(b)),
            (Self::Map(a), Self::Map(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|((k, a), (l, b))| k == l && a.equals(b))
            }
            (a, b) => a == b,
        }
    }
}

/// Whether two sets have the same members: as many comparisons as it takes to sort them, for sets are as large as
/// whoever puts them wants them to be.
fn same_members<T: Ord>(a: &[T], b: &[T]) -> bool {
    a.len() == b.len() && (a == b || sorted(a) == sorted(b))
}

fn sorted<T: Ord>(all: &[T]) -> Vec<&T> {
    let mut sorted: Vec<&T> = all.iter().collect();
    sorted.sort_unstable();
    sorted
}
