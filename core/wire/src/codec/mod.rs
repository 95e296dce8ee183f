//! The codecs: one per protocol.

mod budget;
mod cbor;
mod error;
mod events;
mod form;
mod json;
mod query;
mod reply;
mod rest;
mod text;
mod time;
mod xml;

use http::HeaderName;
use minicbor::Encoder;

pub use error::encode_error;
pub use events::{EVENT_STREAM, encode_event, encode_event_error, encode_initial_response};
pub(crate) use form::unescape;
pub use form::{QueryPairs, parse_query};

use crate::{
    Encoded, OperationSchema, Protocol, ReplyContext, RequestParts, ServiceSchema, Structure, Value,
    WireError,
};
use budget::Budget;
use reply::Reply;

/// Reads a request's input. Bounds, patterns and enums are [`validate`](crate::validate)'s business.
///
/// # Errors
/// What AWS refuses as malformed, with its code by [`WireError::code`].
pub fn decode_input(
    protocol: Protocol,
    operation: &OperationSchema,
    parts: &RequestParts<'_>,
) -> Result<Value, WireError> {
    match protocol {
        Protocol::Json10 | Protocol::Json11 => json::structure(
            &parts.body,
            structure(operation.input)?,
            operation.dialect,
            Budget::new(operation),
        ),
        Protocol::RpcV2Cbor | Protocol::Cbor11 => {
            if protocol == Protocol::Cbor11 && parts.body.is_empty() {
                return Err(WireError::serialization(""));
            }
            let times = cbor::Times::of(protocol);
            cbor::structure(&parts.body, structure(operation.input)?, times, Budget::new(operation))
        }
        Protocol::Query | Protocol::Ec2 => query::decode(protocol, operation, parts),
        Protocol::RestJson | Protocol::RestXml => rest::decode(protocol, operation, parts),
    }
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
    match protocol {
        Protocol::Json10 => json_reply("application/x-amz-json-1.0", service, operation, output, context),
        Protocol::Json11 => json_reply("application/x-amz-json-1.1", service, operation, output, context),
        Protocol::Query => query::encode(service, operation, output, context),
        Protocol::Ec2 => query::encode_ec2(service, operation, output, context),
        Protocol::RestJson | Protocol::RestXml => rest::encode(protocol, service, operation, output, context),
        Protocol::RpcV2Cbor => cbor_reply(service, operation, output, context),
        Protocol::Cbor11 => cbor11_reply(service, operation, output, context),
    }
}

fn structure(schema: &crate::Schema) -> Result<&Structure, WireError> {
    schema.as_structure().ok_or_else(|| WireError::reply("an operation takes and gives structures"))
}

fn json_reply(
    kind: &'static str,
    service: &ServiceSchema,
    operation: &OperationSchema,
    output: &Value,
    context: ReplyContext<'_>,
) -> Result<Encoded, WireError> {
    if operation.output.is_unit() {
        return Ok(Reply::new(service, 200, context).body(kind, ""));
    }
    let mut out = String::with_capacity(256);
    json::write_members(&mut out, structure(operation.output)?, output)?;
    Ok(Reply::new(service, 200, context).body(kind, out))
}

fn cbor_reply(
    service: &ServiceSchema,
    operation: &OperationSchema,
    output: &Value,
    context: ReplyContext<'_>,
) -> Result<Encoded, WireError> {
    let mut reply = Reply::new(service, 200, context);
    reply.header(HeaderName::from_static("smithy-protocol"), "rpc-v2-cbor")?;
    if operation.output.is_unit() {
        return Ok(reply.empty());
    }
    let mut out = Vec::with_capacity(256);
    let times = cbor::Times::of(Protocol::RpcV2Cbor);
    cbor::write_members(&mut Encoder::new(&mut out), structure(operation.output)?, output, times)?;
    Ok(reply.body("application/cbor", out))
}

fn cbor11_reply(
    service: &ServiceSchema,
    operation: &OperationSchema,
    output: &Value,
    context: ReplyContext<'_>,
) -> Result<Encoded, WireError> {
    let mut out = Vec::new();
    if !operation.output.is_unit() {
        let times = cbor::Times::of(Protocol::Cbor11);
        cbor::write_members(&mut Encoder::new(&mut out), structure(operation.output)?, output, times)?;
    }
    Ok(Reply::new(service, 200, context).body("application/x-amz-cbor-1.1", out))
}
