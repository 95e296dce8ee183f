//! The codecs: one per protocol.

use crate::{
    Encoded, ErrorReply, OperationSchema, Protocol, ReplyContext, RequestParts, ServiceSchema, Value,
    WireError,
};

/// Reads a request's input. Bounds, patterns and enums are [`validate`](crate::validate)'s business.
///
/// # Errors
/// What AWS refuses as malformed, with its code by [`WireError::code`].
pub fn decode_input(
    protocol: Protocol,
    operation: &OperationSchema,
    parts: &RequestParts<'_>,
) -> Result<Value, WireError> {
    let _ = (protocol, operation, parts);
    Err(WireError::reply("no codec yet"))
}

/// Writes an output. A streaming member is left out: the service supplies the body.
///
/// # Errors
/// [`WireError::Reply`] when the value is not of the operation's output schema.
pub fn encode_output(
    protocol: Protocol,
    service: &ServiceSchema,
    operation: &OperationSchema,
    output: &Value,
    context: ReplyContext<'_>,
) -> Result<Encoded, WireError> {
    let _ = (protocol, service, operation, output, context);
    Err(WireError::reply("no codec yet"))
}

/// Writes an error. Cannot fail: what cannot be written is left out.
pub fn encode_error(protocol: Protocol, service: &ServiceSchema, error: &ErrorReply<'_>) -> Encoded {
    let _ = (protocol, service);
    Encoded { status: error.status, headers: http::HeaderMap::new(), body: bytes::Bytes::new() }
}
