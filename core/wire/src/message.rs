use std::borrow::Cow;

use bytes::Bytes;
use http::HeaderMap;

use crate::{ErrorSchema, Value};

/// A request as decoders need it. The caller has parsed the head and collected the body, unless it streams.
#[derive(Debug, Clone)]
pub struct RequestParts<'a> {
    /// Path labels, decoded: name in the URI template, value.
    pub labels: &'a [(&'a str, Cow<'a, str>)],
    /// Query parameters, decoded.
    pub query: &'a [(Cow<'a, str>, Cow<'a, str>)],
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body; empty when the operation streams it.
    pub body: Bytes,
}

/// What a reply says beside its output.
#[derive(Debug, Clone, Copy)]
pub struct ReplyContext<'a> {
    /// The request's id.
    pub request_id: &'a str,
    /// S3's second request id.
    pub host_id: Option<&'a str>,
}

/// A reply, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The HTTP status.
    pub status: u16,
    /// The headers, `content-type` included where there is one; `content-length` is the sender's business.
    pub headers: HeaderMap,
    /// The body; empty when the service streams it.
    pub body: Bytes,
}

/// Who is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The caller.
    Sender,
    /// Kurodo.
    Receiver,
}

/// An error on its way to the caller.
#[derive(Debug, Clone)]
pub struct ErrorReply<'a> {
    /// The code, as AWS writes it.
    pub code: Cow<'a, str>,
    /// The message; must hold no secret.
    pub message: Cow<'a, str>,
    /// The HTTP status.
    pub status: u16,
    /// Who is at fault.
    pub fault: Fault,
    /// Further elements that the facts do not describe, such as S3's `BucketName` or `ArgumentName`.
    pub fields: &'a [(&'a str, Cow<'a, str>)],
    /// The facts' description and the values of the error's own members, where it has any.
    pub modeled: Option<(&'static ErrorSchema, Value)>,
    /// The request's id.
    pub request_id: &'a str,
    /// S3's second request id.
    pub host_id: Option<&'a str>,
    /// What the request was about: S3's `Resource`.
    pub resource: Option<&'a str>,
}
