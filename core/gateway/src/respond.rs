use bytes::Bytes;
use crc_fast::{CrcAlgorithm, checksum};
use futures_util::{StreamExt as _, stream};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use kurodo_wire::{
    EVENT_STREAM, Encoded, ErrorReply, OperationSchema, Protocol, encode_error, encode_event,
    encode_event_error, encode_initial_response,
};

use crate::{
    Body, Call, Dialect, Failure,
    head::Head,
    outgoing::{Outgoing, Response},
    reply::{Content, Events},
    route::Mounted,
};

/// The response that carries an encoded output, or the content that a handler streams.
pub(crate) fn encoded(mounted: &Mounted, encoded: Encoded, content: Option<(u64, Content)>) -> Response {
    let crc32 = mounted.mount.has_crc32().then(|| checksum(CrcAlgorithm::Crc32IsoHdlc, &encoded.body));
    let body = match content {
        Some((left, content)) => Outgoing::stream(left, content),
        None => Outgoing::whole(encoded.body),
    };
    let mut response = http::Response::new(body);
    *response.status_mut() = status(encoded.status);
    *response.headers_mut() = encoded.headers;
    if let Some(crc32) = crc32 {
        put(&mut response, "x-amz-crc32", &crc32.to_string());
    }
    response
}

/// The response that streams events; the other members of the output are the first of them. It ends with the first
/// failure.
pub(crate) fn events(
    dialect: Dialect,
    protocol: Protocol,
    operation: &'static OperationSchema,
    encoded: Encoded,
    events: Events,
) -> Response {
    let first = encode_initial_response(protocol, &encoded.body);
    let messages = events.map(move |event| match event {
        Ok(event) => encode_event(protocol, operation, &event).map_err(|error| Failure::internal(&error)),
        Err(failure) => Err(failure),
    });
    let messages = messages.scan(false, move |ended, message| {
        let before = std::mem::replace(ended, message.is_err());
        let message = message.unwrap_or_else(|failure| {
            let failure = failure.spoken(dialect);
            encode_event_error(protocol, operation, &failure.code, &failure.message)
        });
        std::future::ready((!before).then_some(Ok(message)))
    });
    let content = stream::iter(first.map(Ok)).chain(messages);
    let mut response = http::Response::new(Outgoing::endless(Box::pin(content)));
    *response.status_mut() = status(encoded.status);
    *response.headers_mut() = encoded.headers;
    put(&mut response, "content-type", EVENT_STREAM);
    response
}

/// The response that tells a failure in the service's protocol.
pub(crate) fn failure(mounted: &Mounted, protocol: Protocol, call: &Call, failure: &Failure) -> Response {
    let s3 = mounted.facts.dialect == Dialect::S3;
    let reply = ErrorReply {
        code: failure.code.as_ref().into(),
        message: failure.message.as_ref().into(),
        status: failure.status,
        fault: failure.fault(),
        fields: &failure.fields.iter().map(|(n, v)| (*n, v.as_ref().into())).collect::<Vec<_>>(),
        modeled: failure.modeled.clone(),
        request_id: call.request_id(),
        host_id: s3.then_some(call.request_id()),
        resource: s3.then(|| call.head.path()),
    };
    let mut error = encode_error(protocol, mounted.facts.schema, &reply);
    if failure.is_bare {
        let (code, message) = (&failure.code, &failure.message);
        error.body = format!("<{code}>\n  <Message>{message}</Message>\n</{code}>\n").into();
        error.headers.remove(header::CONTENT_TYPE);
    }
    let mut response = encoded(mounted, error, None);
    for (name, value) in &failure.headers {
        put(&mut response, name, value);
    }
    response
}

fn status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// What is answered when the way itself broke off.
pub(crate) fn lost() -> Response {
    let mut response = http::Response::new(Outgoing::whole(Bytes::new()));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    put(&mut response, "connection", "close");
    response
}

/// What a HEAD request is answered: the same without its content.
pub(crate) fn headed(method: &Method, mut response: Response) -> Response {
    if method == Method::HEAD {
        response.body_mut().becomes(Bytes::new());
    }
    response
}

/// Sets a header field; a value that no field may have is left out.
pub(crate) fn put(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
}

/// Says that the connection ends with this response, where some of the request's content was left on it.
pub(crate) fn close_behind(body: &Body, mut response: Response) -> Response {
    if body.is_left() {
        put(&mut response, "connection", "close");
    }
    response
}

/// An error of no service: in JSON to clients that name a target, in XML to all others.
pub(crate) fn plain(head: &Head, failure: &Failure) -> Response {
    let (id, code, message) = (head.id(), &failure.code, &failure.message);
    let (kind, text) = if head.header("x-amz-target").is_some() {
        ("application/x-amz-json-1.1", format!("{{\"__type\":\"{code}\",\"message\":\"{message}\"}}"))
    } else {
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <Error><Code>{code}</Code><Message>{message}</Message><RequestId>{id}</RequestId></Error>"
        );
        ("application/xml", text)
    };
    let mut response = http::Response::new(Outgoing::whole(text.into()));
    *response.status_mut() = status(failure.status);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    put(&mut response, "x-amz-request-id", id.as_str());
    response
}
