//! Descriptions of shapes, usable as generated statics and built at run time.

pub mod common;
mod member;
mod pattern;

use member::NO_MEMBERS;
pub use member::{Location, Member, Target, TimestampFormat, XmlNamespace};
pub use pattern::Pattern;

/// A shape of the API facts.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    /// The shape's name in the API facts.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// What its values must satisfy.
    pub limits: Limits,
    /// Whether its values must not be shown.
    pub sensitive: bool,
}

/// What a shape is.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// True or false.
    Boolean,
    /// 32 bits, signed.
    Integer,
    /// 64 bits, signed.
    Long,
    /// Single precision.
    Float,
    /// Double precision.
    Double,
    /// Text; the enum, where there is one, is in the limits.
    String,
    /// Bytes.
    Blob,
    /// A point in time.
    Timestamp,
    /// Any JSON.
    Document,
    /// Items of one shape.
    List {
        /// The items. Its wire name is the element around each of them in XML and forms.
        item: Member,
    },
    /// Pairs.
    Map {
        /// The keys, always strings.
        key: Member,
        /// The values.
        value: Member,
    },
    /// A structure, union, exception or event stream.
    Structure(Structure),
}

/// The members of a structure and what is particular to it.
#[derive(Debug, Clone, Copy)]
pub struct Structure {
    /// The members, in the facts' order.
    pub members: &'static [Member],
    /// Whether exactly one member is set.
    pub union: bool,
    /// Whether few of the members are ever set, so that its values are [`Value::Sparse`](crate::Value::Sparse). Only
    /// documents in JSON and CBOR can have such structures.
    pub sparse: bool,
    /// Whether it is a stream of events.
    pub event_stream: bool,
    /// Whether the only member is the root's text, as in S3's `GetBucketLocation`.
    pub unwrapped: bool,
    /// The root element in XML, where it differs from the shape's or member's name.
    pub xml_name: Option<&'static str>,
    /// The root element's namespace.
    pub xml_namespace: Option<XmlNamespace>,
}

/// What values must satisfy, as AWS's validation messages tell it.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The least length (characters, bytes, items, pairs) or number.
    pub min: Option<f64>,
    /// The greatest length (characters, bytes, items, pairs) or number.
    pub max: Option<f64>,
    /// The regular expression that the whole text must match.
    pub pattern: Option<&'static Pattern>,
    /// The words that the text must be one of; empty for no such limit.
    pub words: &'static [&'static str],
    /// Text that begins so need not satisfy any of this: an ARN in the place of a name.
    pub exempt: Option<&'static str>,
}

impl Limits {
    /// No limits.
    pub const NONE: Self = Self { min: None, max: None, pattern: None, words: &[], exempt: None };

    /// Whether every value satisfies them.
    pub fn is_empty(&self) -> bool {
        self.min.is_none() && self.max.is_none() && self.pattern.is_none() && self.words.is_empty()
    }
}

impl Schema {
    /// A shape without limits.
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, limits: Limits::NONE, sensitive: false }
    }

    /// A structure.
    pub const fn structure(name: &'static str, members: &'static [Member]) -> Self {
        Self::new(name, Kind::Structure(Structure::new(members)))
    }

    /// A list.
    pub const fn list(name: &'static str, item: Member) -> Self {
        Self::new(name, Kind::List { item })
    }

    /// A map.
    pub const fn map(name: &'static str, key: Member, value: Member) -> Self {
        Self::new(name, Kind::Map { key, value })
    }

    /// The same shape, its values not to be shown.
    pub const fn sensitive(self) -> Self {
        Self { sensitive: true, ..self }
    }

    /// The same shape with these bounds of length or number.
    pub const fn bounds(self, min: Option<f64>, max: Option<f64>) -> Self {
        Self { limits: Limits { min, max, ..self.limits }, ..self }
    }

    /// The same shape with this pattern.
    pub const fn pattern(self, pattern: &'static Pattern) -> Self {
        Self { limits: Limits { pattern: Some(pattern), ..self.limits }, ..self }
    }

    /// The same shape, of which text that begins so need satisfy nothing.
    pub const fn exempt(self, beginning: &'static str) -> Self {
        Self { limits: Limits { exempt: Some(beginning), ..self.limits }, ..self }
    }

    /// The same shape with these words.
    pub const fn words(self, words: &'static [&'static str]) -> Self {
        Self { limits: Limits { words, ..self.limits }, ..self }
    }

    /// The members; none unless it is a structure.
    pub fn members(&self) -> &'static [Member] {
        match self.kind {
            Kind::Structure(structure) => structure.members,
            _ => &NO_MEMBERS,
        }
    }

    /// The structure, if it is one.
    pub fn as_structure(&self) -> Option<&Structure> {
        match &self.kind {
            Kind::Structure(structure) => Some(structure),
            _ => None,
        }
    }

    /// Whether it stands for an operation's end that the facts leave out. Such an output has no body at all.
    pub fn is_unit(&self) -> bool {
        std::ptr::eq(self, &raw const common::UNIT)
    }

    /// The member of this name in the API facts.
    pub fn member(&self, name: &str) -> Option<(usize, &'static Member)> {
        self.members().iter().enumerate().find(|(_, member)| member.name == name)
    }

    /// The member that is the whole body.
    pub fn payload(&self) -> Option<(usize, &'static Member)> {
        self.members().iter().enumerate().find(|(_, member)| matches!(member.location, Location::Payload))
    }

    /// The member whose content streams: a blob marked so, or events.
    pub fn streaming_member(&self) -> Option<(usize, &'static Member)> {
        self.members().iter().enumerate().find(|(_, member)| member.streams())
    }
}

impl Structure {
    /// A plain structure.
    pub const fn new(members: &'static [Member]) -> Self {
        Self {
            members,
            union: false,
            sparse: false,
            event_stream: false,
            unwrapped: false,
            xml_name: None,
            xml_namespace: None,
        }
    }

    /// A union.
    pub const fn union(self) -> Self {
        Self { union: true, ..self }
    }

    /// Few of its members are ever set.
    pub const fn sparse(self) -> Self {
        Self { sparse: true, ..self }
    }

    /// A stream of events.
    pub const fn event_stream(self) -> Self {
        Self { event_stream: true, ..self }
    }

    /// Its only member is the root's text.
    pub const fn unwrapped(self) -> Self {
        Self { unwrapped: true, ..self }
    }

    /// With this root element.
    pub const fn xml_name(self, name: &'static str) -> Self {
        Self { xml_name: Some(name), ..self }
    }

    /// With this namespace on its root element.
    pub const fn xml_namespace(self, namespace: XmlNamespace) -> Self {
        Self { xml_namespace: Some(namespace), ..self }
    }
}
