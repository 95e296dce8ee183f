use std::borrow::Cow;

use crate::Protocol;

/// A request that its protocol's decoder refuses, or a reply that its encoder cannot write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The body is not what the protocol says, or a member has another type than its shape.
    #[error("{0}")]
    Serialization(Cow<'static, str>),
    /// The body is not well-formed XML, or not the document that the operation takes.
    #[error("The XML you provided was not well-formed or did not validate against our published schema")]
    MalformedXml(Cow<'static, str>),
    /// A form-encoded body or query that cannot be read.
    #[error("{0}")]
    MalformedQueryString(Cow<'static, str>),
    /// A header, query parameter or label that does not parse as its member's type.
    #[error("{message}")]
    InvalidArgument {
        /// The header, parameter or member as AWS names it.
        name: String,
        /// What was sent; empty for sensitive members.
        value: String,
        /// What to say about it.
        message: Cow<'static, str>,
    },
    /// The body is larger or nested deeper than the decoder takes.
    #[error("{0}")]
    TooLarge(Cow<'static, str>),
    /// The reply does not fit its schema. A defect of the service, never of the caller.
    #[error("the reply does not fit its description: {0}")]
    Reply(Cow<'static, str>),
}

impl WireError {
    /// The error code that AWS answers with.
    pub fn code(&self, protocol: Protocol) -> &'static str {
        match self {
            Self::Serialization(_) if protocol.is_query() => "MalformedInput",
            Self::Serialization(_) => "SerializationException",
            Self::MalformedXml(_) => "MalformedXML",
            Self::MalformedQueryString(_) => "MalformedQueryString",
            Self::InvalidArgument { .. } => match protocol {
                Protocol::RestXml => "InvalidArgument",
                _ => "SerializationException",
            },
            Self::TooLarge(_) => match protocol {
                Protocol::RestXml => "MaxMessageLengthExceeded",
                Protocol::Query | Protocol::Ec2 => "RequestEntityTooLarge",
                _ => "RequestEntityTooLargeException",
            },
            Self::Reply(_) if protocol.is_query() => "InternalFailure",
            Self::Reply(_) => "InternalError",
        }
    }

    /// The HTTP status that goes with [`Self::code`].
    pub fn status(&self, protocol: Protocol) -> u16 {
        match self {
            Self::Reply(_) => 500,
            Self::TooLarge(_) if protocol != Protocol::RestXml => 413,
            _ => 400,
        }
    }

    pub(crate) fn serialization(message: impl Into<Cow<'static, str>>) -> Self {
        Self::Serialization(message.into())
    }

    pub(crate) fn xml(message: impl Into<Cow<'static, str>>) -> Self {
        Self::MalformedXml(message.into())
    }

    pub(crate) fn reply(message: impl Into<Cow<'static, str>>) -> Self {
        Self::Reply(message.into())
    }
}

/// A value that is not of the type that reads it: the value was not decoded and validated by that type's schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// Another kind of value.
    #[error("expected {expected}, found {found}")]
    Kind {
        /// What the type reads.
        expected: &'static str,
        /// What was there.
        found: &'static str,
    },
    /// A structure of another schema.
    #[error("expected a structure of {expected} members, found {found}")]
    MemberCount {
        /// Members that the type has.
        expected: usize,
        /// Members that were there.
        found: usize,
    },
    /// A number that the type cannot hold.
    #[error("the number is out of range")]
    Range,
    /// A word that the enum does not have. The word itself is not kept.
    #[error("not a value of the enum {0}")]
    Enum(&'static str),
    /// A union with none or several of its members set.
    #[error("the union {0} needs exactly one member")]
    Union(&'static str),
    /// Where in the structure it happened.
    #[error("{member}: {source}")]
    Member {
        /// The member's name in the API facts.
        member: &'static str,
        /// What happened.
        source: Box<ShapeError>,
    },
}

impl ShapeError {
    pub(crate) fn within(self, member: &'static str) -> Self {
        Self::Member { member, source: Box::new(self) }
    }
}
