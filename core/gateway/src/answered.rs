use std::borrow::Cow;

use http::HeaderMap;
use http_body::Body as _;

use kurodo_wire::Protocol;

use crate::{Call, Failure, Gateway, outgoing::Response, respond, route::Mounted};

/// A request that has its answer, as its service gets to know of it: also one that was refused.
pub struct Answered<'a> {
    /// The request, and who sent it.
    pub call: &'a Call,
    /// The operation; empty where none was found.
    pub operation: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The code of the error.
    pub error: Option<&'a str>,
    /// Whether an access control list let the caller in.
    pub by_list: bool,
    /// Bytes of content that were received.
    pub bytes_in: u64,
    /// Bytes of content that are sent.
    pub bytes_out: u64,
    /// The answer's header fields.
    pub headers: &'a HeaderMap,
    gateway: &'a Gateway,
}

impl Answered<'_> {
    /// The path as it came; of S3's with the bucket in front.
    pub fn path(&self) -> Cow<'_, str> {
        self.gateway.routes.s3_path(&self.call.head)
    }

    /// Milliseconds from the request's head to its answer.
    pub fn milliseconds(&self) -> i64 {
        self.gateway.now_ms().saturating_sub(self.call.now_ms).max(0)
    }
}

/// What else is to be told of a request.
#[derive(Clone, Copy, Default)]
pub(crate) struct End<'a> {
    pub(crate) operation: &'static str,
    pub(crate) error: Option<&'a str>,
    pub(crate) by_list: bool,
    pub(crate) bytes_in: u64,
}

/// The answer to a request that was refused before its operation's row, of which its service is told.
pub(crate) fn refusal(
    gateway: &Gateway,
    mounted: &Mounted,
    protocol: Protocol,
    call: &Call,
    operation: &'static str,
    failure: &Failure,
) -> Response {
    let response = respond::failure(mounted, protocol, call, failure);
    let end = End { operation, error: Some(&failure.code), ..End::default() };
    tell(gateway, mounted, call, end, &response);
    response
}

/// Tells a service of a request to it.
pub(crate) fn tell(gateway: &Gateway, mounted: &Mounted, call: &Call, end: End<'_>, response: &Response) {
    let End { operation, error, by_list, bytes_in } = end;
    let answered = Answered {
        call,
        operation,
        status: response.status().as_u16(),
        error,
        by_list,
        bytes_in,
        bytes_out: response.body().size_hint().exact().unwrap_or_default(),
        headers: response.headers(),
        gateway,
    };
    mounted.mount.answered(&gateway.door, &answered);
}
