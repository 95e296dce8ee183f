//! From content to typed input, and from typed output to a response.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use kurodo_wire::{
    Operation, ReplyContext, RequestParts, Valued, decode_input, encode_output, present_members,
};

use crate::{
    Call, Dialect, Failure, Reply,
    outgoing::Response,
    refuse, respond,
    route::{Mounted, Target},
};

/// The operation's input: decoded, without members that the operation does not honour, and within the
/// constraints of the API facts.
pub(crate) fn decode<O: Operation>(
    mounted: &Mounted,
    target: &Target,
    call: &Call,
    query: &[(String, String)],
    content: Bytes,
) -> Result<O::Input, Failure> {
    let schema = O::schema();
    let labels: Vec<_> = target.labels.iter().map(|(name, text)| (*name, Cow::from(text.as_str()))).collect();
    let query: Vec<_> = query.iter().map(|(n, v)| (Cow::from(n.as_str()), Cow::from(v.as_str()))).collect();
    let parts = RequestParts { labels: &labels, query: &query, headers: call.head.headers(), body: content };
    let value = decode_input(target.protocol, schema, &parts)
        .map_err(|error| refuse::wire(target.protocol, &error))?;
    if let Some(member) = present_members(schema.input, &value, target.refuses) {
        return Err(refuse::not_honoured(target.operation, member));
    }
    let violations = mounted.mount.violations(schema, &value);
    if !violations.is_empty() {
        let own = mounted.mount.invalid(target.operation, &violations);
        return Err(own.unwrap_or_else(|| refuse::invalid(mounted.facts.dialect, &violations)));
    }
    O::Input::from_value(value).map_err(|error| Failure::internal(&error))
}

/// The response that carries the output.
pub(crate) fn encode<O: Operation>(
    mounted: &Mounted,
    target: &Target,
    call: &Call,
    reply: Reply<O::Output>,
) -> Result<Response, Failure> {
    let id = call.request_id();
    let s3 = mounted.facts.dialect == Dialect::S3;
    let context = ReplyContext { request_id: id, host_id: s3.then_some(id) };
    let output = reply.output.into_value();
    let mut encoded = encode_output(target.protocol, mounted.facts.schema, O::schema(), &output, context)
        .map_err(|error| Failure::internal(&error))?;
    if let Some(status) = reply.status {
        encoded.status = status;
    }
    for (name, value) in reply.headers {
        let value = HeaderValue::try_from(value).map_err(|error| Failure::internal(&error))?;
        encoded.headers.insert(HeaderName::from_static(name), value);
    }
    Ok(match reply.events {
        Some(events) => respond::events(mounted.facts.dialect, target.protocol, O::schema(), encoded, events),
        None => respond::encoded(mounted, encoded, reply.content),
    })
}
