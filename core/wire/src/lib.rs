//! AWS wire protocols: one codec per protocol over described shapes.
//!
//! A [`Schema`] describes a shape as AWS's API facts do. Every codec is driven by it, so a service brings
//! descriptions and no code. [`Value`] is what the codecs read and write; generated types convert to and from
//! it by [`Shape`].
//!
//! Nothing in here knows a service, does I/O, or reads a clock.

mod codec;
mod error;
mod macros;
mod message;
mod operation;
mod route;
mod schema;
mod secret;
mod shape;
mod validate;
mod value;

pub use bytes::Bytes;
pub use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
pub use jiff::Timestamp;

pub use codec::{
    EVENT_STREAM, QueryPairs, decode_input, encode_error, encode_event, encode_event_error,
    encode_initial_response, encode_output, parse_query,
};
pub use error::{ShapeError, WireError};
pub use message::{Encoded, ErrorReply, Fault, ReplyContext, RequestParts};
pub use operation::{
    Auth, ChecksumTraits, Dialect, ErrorSchema, Operation, OperationSchema, Protocol, RouteSchema,
    ServiceSchema,
};
pub use route::{Labels, RestRouter, Routed, rpc_v2_operation};
pub use schema::{
    Kind, Limits, Location, Member, Pattern, Schema, Structure, Target, TimestampFormat, XmlNamespace,
};
pub use secret::{Secret, SecretBytes};
pub use shape::{Shape, Streaming, Valued, members, take, union_member, union_value};
pub use validate::{Violation, present_members, validate, violation_message};
pub use value::Value;

pub use schema::common;
