use std::sync::OnceLock;

use http::HeaderName;

use super::{Kind, Schema, Structure};

pub(super) static NO_MEMBERS: [Member; 0] = [];

static UNRESOLVED: Schema = Schema::new("Unresolved", Kind::Structure(Structure::new(&NO_MEMBERS)));

/// The shape that a member refers to.
#[derive(Debug, Clone, Copy)]
pub enum Target {
    /// Known.
    Ready(&'static Schema),
    /// Set once the rest is built: how a description made at run time refers to itself.
    Late(&'static OnceLock<&'static Schema>),
}

/// Where in the message a member travels.
#[derive(Debug, Clone, Copy)]
pub enum Location {
    /// In the body's document.
    Body,
    /// It is the body.
    Payload,
    /// In this header.
    Header(&'static HeaderName),
    /// In all headers with this prefix, in lower case.
    HeaderPrefix(&'static str),
    /// In this query parameter.
    Query(&'static str),
    /// All query parameters that no other member takes.
    QueryMap,
    /// In this label of the path.
    Label(&'static str),
    /// It is the reply's HTTP status.
    Status,
}

/// How a timestamp is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimestampFormat {
    /// `2014-04-29T18:30:38Z`
    Iso8601,
    /// `Tue, 29 Apr 2014 18:30:38 GMT`
    Rfc822,
    /// Seconds since 1970, with a fraction.
    Epoch,
}

/// An XML namespace on an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct XmlNamespace {
    /// The prefix, unless it is the default namespace.
    pub prefix: Option<&'static str>,
    /// The namespace's name.
    pub uri: &'static str,
}

/// A member of a structure, or the items of a list, or the keys or values of a map.
#[derive(Debug, Clone, Copy)]
pub struct Member {
    /// The name in the API facts.
    pub name: &'static str,
    /// The name in documents: the facts' `locationName`, or else the name.
    pub wire_name: &'static str,
    /// Whether the facts give a name for documents.
    pub renamed: bool,
    /// The name in EC2's forms, where the facts give one.
    pub query_name: Option<&'static str>,
    /// The shape.
    pub target: Target,
    /// Where it travels.
    pub location: Location,
    /// Whether input without it is refused.
    pub required: bool,
    /// Whether items or entries stand beside each other, without an element around the list or map.
    pub flattened: bool,
    /// Whether it is an XML attribute.
    pub xml_attribute: bool,
    /// A namespace on its element.
    pub xml_namespace: Option<XmlNamespace>,
    /// How it is written, if it is a timestamp and not as the protocol usually does.
    pub timestamp_format: Option<TimestampFormat>,
    /// Whether its values must not be shown, whatever its shape says.
    pub sensitive: bool,
    /// Whether its content streams.
    pub streaming: bool,
    /// Whether a header carries it as base64 of JSON.
    pub json_value: bool,
    /// Whether clients invent it when the caller does not give it.
    pub idempotency_token: bool,
}

impl Member {
    /// A member in the body.
    pub const fn new(name: &'static str, target: &'static Schema) -> Self {
        Self::with_target(name, Target::Ready(target))
    }

    /// A member in the body, its target possibly set later.
    pub const fn with_target(name: &'static str, target: Target) -> Self {
        Self {
            name,
            wire_name: name,
            renamed: false,
            query_name: None,
            target,
            location: Location::Body,
            required: false,
            flattened: false,
            xml_attribute: false,
            xml_namespace: None,
            timestamp_format: None,
            sensitive: false,
            streaming: false,
            json_value: false,
            idempotency_token: false,
        }
    }

    /// The shape.
    pub fn target(&self) -> &'static Schema {
        match self.target {
            Target::Ready(schema) => schema,
            Target::Late(cell) => cell.get().copied().unwrap_or(&UNRESOLVED),
        }
    }

    /// The root element's name where the member is the whole body. A structure's own name comes before a name that
    /// only repeats the member's.
    pub fn root_name(&self) -> &'static str {
        let shape = self.target();
        let own = shape.as_structure().and_then(|structure| structure.xml_name);
        match own {
            Some(name) if self.wire_name == self.name => name,
            _ if self.renamed => self.wire_name,
            _ => own.unwrap_or(shape.name),
        }
    }

    /// Whether it is part of the body's document.
    pub fn is_in_document(&self) -> bool {
        matches!(self.location, Location::Body)
    }

    /// Whether its values must not be shown.
    pub fn is_sensitive(&self) -> bool {
        self.sensitive || self.target().sensitive
    }

    /// Whether its content is carried beside the value.
    pub fn streams(&self) -> bool {
        self.streaming || self.target().as_structure().is_some_and(|s| s.event_stream)
    }

    /// Refused when absent.
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// Named so in documents.
    pub const fn wire_name(self, name: &'static str) -> Self {
        Self { wire_name: name, renamed: true, ..self }
    }

    /// Named so in EC2's forms.
    pub const fn query_name(self, name: &'static str) -> Self {
        Self { query_name: Some(name), ..self }
    }

    /// Travels there.
    pub const fn at(self, location: Location) -> Self {
        Self { location, ..self }
    }

    /// Flattened here.
    pub const fn flattened(self) -> Self {
        Self { flattened: true, ..self }
    }

    /// An XML attribute.
    pub const fn xml_attribute(self) -> Self {
        Self { xml_attribute: true, ..self }
    }

    /// With this namespace on its element.
    pub const fn xml_namespace(self, namespace: XmlNamespace) -> Self {
        Self { xml_namespace: Some(namespace), ..self }
    }

    /// A timestamp written so.
    pub const fn timestamp_format(self, format: TimestampFormat) -> Self {
        Self { timestamp_format: Some(format), ..self }
    }

    /// Not to be shown.
    pub const fn sensitive(self) -> Self {
        Self { sensitive: true, ..self }
    }

    /// Its content streams.
    pub const fn streaming(self) -> Self {
        Self { streaming: true, ..self }
    }

    /// Base64 of JSON when in a header.
    pub const fn json_value(self) -> Self {
        Self { json_value: true, ..self }
    }

    /// Invented by clients when not given.
    pub const fn idempotency_token(self) -> Self {
        Self { idempotency_token: true, ..self }
    }
}
