//! Errors on the wire.

use std::{borrow::Cow, fmt::Write as _};

use http::HeaderName;
use minicbor::Encoder;

use super::{cbor, json, reply::Reply, rest, text::Style, xml::Writer};
use crate::{
    Dialect, Encoded, ErrorReply, Fault, Member, Protocol, ReplyContext, ServiceSchema, Structure,
    TimestampFormat, Value, WireError,
};

const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const QUERY_ERROR: HeaderName = HeaderName::from_static("x-amzn-query-error");
const SMITHY_PROTOCOL: HeaderName = HeaderName::from_static("smithy-protocol");

/// Writes an error. Cannot fail: what cannot be written is left out.
pub fn encode_error(protocol: Protocol, service: &ServiceSchema, error: &ErrorReply<'_>) -> Encoded {
    let context = ReplyContext { request_id: error.request_id, host_id: error.host_id };
    let mut reply = Reply::new(service, error.status, context);
    if let Some((schema, values)) =
        modeled(error).and_then(|(schema, value)| Some((schema, value.as_members()?)))
    {
        // A header that cannot be written is left out; the error itself must get through.
        _ = rest::headers(&mut reply, schema, values);
        reply.set_status(error.status);
    }
    match protocol {
        Protocol::Query => reply.body("text/xml", query(service, error)),
        Protocol::Ec2 => reply.body("text/xml;charset=UTF-8", ec2(error)),
        Protocol::RestXml if service.dialect == Dialect::S3 => reply.body("application/xml", s3(error)),
        Protocol::RestXml => reply.body("application/xml", query(service, error)),
        Protocol::Json10 => json_reply(reply, "application/x-amz-json-1.0", service, error),
        Protocol::Json11 => json_reply(reply, "application/x-amz-json-1.1", service, error),
        Protocol::RestJson => {
            _ = reply.header(ERROR_TYPE, &error.code);
            json_reply(reply, "application/json", service, error)
        }
        Protocol::RpcV2Cbor => {
            _ = reply.header(SMITHY_PROTOCOL, "rpc-v2-cbor");
            query_error(&mut reply, service, error);
            let times = cbor::Times::of(protocol);
            reply.body("application/cbor", cbor_body(service, error, times).unwrap_or_default())
        }
        Protocol::Cbor11 => {
            let times = cbor::Times::of(protocol);
            reply.body("application/x-amz-cbor-1.1", cbor_body(service, error, times).unwrap_or_default())
        }
    }
}

/// The description and values of the error's own members.
fn modeled<'e>(error: &'e ErrorReply<'_>) -> Option<(&'e Structure, &'e Value)> {
    let (schema, value) = error.modeled.as_ref()?;
    Some((schema.schema.as_structure()?, value))
}

/// The error's own members that travel in the body, save its message.
fn own_members<'e>(error: &'e ErrorReply<'_>) -> impl Iterator<Item = (&'static Member, &'e Value)> {
    let found =
        modeled(error).and_then(|(schema, value)| Some(schema.members.iter().zip(value.as_members()?)));
    found.into_iter().flatten().filter(|(member, value)| {
        member.is_in_document() && !value.is_null() && !member.name.eq_ignore_ascii_case("message")
    })
}

const STYLE: Style = Style { format: TimestampFormat::Iso8601, millis: false };

fn fault(error: &ErrorReply<'_>) -> &'static str {
    match error.fault {
        Fault::Sender => "Sender",
        Fault::Receiver => "Receiver",
    }
}

fn query(service: &ServiceSchema, error: &ErrorReply<'_>) -> String {
    let mut xml = Writer::new(STYLE, false);
    xml.open("ErrorResponse", service.xml_namespace);
    xml.open("Error", None);
    xml.element("Type", fault(error));
    xml.element("Code", &error.code);
    xml.element("Message", &error.message);
    details(&mut xml, error);
    xml.close("Error");
    xml.element("RequestId", error.request_id);
    xml.close("ErrorResponse");
    xml.finish()
}

fn ec2(error: &ErrorReply<'_>) -> String {
    let mut xml = Writer::new(STYLE, true);
    xml.open("Response", None);
    xml.open("Errors", None);
    xml.open("Error", None);
    xml.element("Code", &error.code);
    xml.element("Message", &error.message);
    details(&mut xml, error);
    xml.close("Error");
    xml.close("Errors");
    xml.element("RequestID", error.request_id);
    xml.close("Response");
    xml.finish()
}

fn s3(error: &ErrorReply<'_>) -> String {
    let mut xml = Writer::new(Style { millis: true, ..STYLE }, true);
    xml.open("Error", None);
    xml.element("Code", &error.code);
    xml.element("Message", &error.message);
    details(&mut xml, error);
    if let Some(resource) = error.resource {
        xml.element("Resource", resource);
    }
    xml.element("RequestId", error.request_id);
    if let Some(host_id) = error.host_id {
        xml.element("HostId", host_id);
    }
    xml.close("Error");
    xml.finish()
}

fn details(xml: &mut Writer, error: &ErrorReply<'_>) {
    for (name, content) in error.fields {
        xml.element(name, content);
    }
    for (member, value) in own_members(error) {
        _ = xml.root(member.wire_name, None, member, value);
    }
}

/// The namespace of errors that come from the framework.
const FRAMEWORK: &str = "com.amazon.coral.service";

/// What `__type` says: the bare code, or the code in its namespace. In services that have one, what the facts do
/// not name comes from the framework that AWS builds services with.
///
/// In services that once spoke the query protocol it is the error's shape, and the code goes into a header.
fn type_name<'e>(service: &ServiceSchema, error: &'e ErrorReply<'_>) -> Cow<'e, str> {
    let code = match &error.modeled {
        Some((schema, _)) if service.query_compatible => schema.name,
        _ => &*error.code,
    };
    let Some(own) = service.error_namespace.filter(|_| !code.contains('#')) else {
        return Cow::Borrowed(code);
    };
    let namespace = match code {
        "ValidationException" => "com.amazon.coral.validate",
        _ if error.modeled.is_some() || service.error(code).is_some() => own,
        _ => FRAMEWORK,
    };
    format!("{namespace}#{code}").into()
}

/// The name of the message: as the error's description spells it, or as AWS's framework does.
fn message_name(service: &ServiceSchema, error: &ErrorReply<'_>) -> &'static str {
    if service.dialect == Dialect::DynamoDb && type_name(service, error).starts_with(FRAMEWORK) {
        return "Message";
    }
    if service.dialect == Dialect::Coral && error.code == "SerializationException" {
        return "Message";
    }
    let own = modeled(error)
        .and_then(|(schema, _)| schema.members.iter().find(|m| m.name.eq_ignore_ascii_case("message")));
    own.map_or("message", |member| member.wire_name)
}

fn json_reply(
    mut reply: Reply,
    kind: &'static str,
    service: &ServiceSchema,
    error: &ErrorReply<'_>,
) -> Encoded {
    query_error(&mut reply, service, error);
    let mut out = String::from("{\"__type\":");
    json::string(&mut out, &type_name(service, error));
    if has_message(service, error) {
        _ = write!(out, ",\"{}\":", message_name(service, error));
        json::string(&mut out, &error.message);
    }
    for (name, content) in error.fields {
        out.push(',');
        json::string(&mut out, name);
        out.push(':');
        json::string(&mut out, content);
    }
    for (member, value) in own_members(error) {
        let mut field = String::new();
        if json::value(&mut field, member, value).is_ok() {
            _ = write!(out, ",\"{}\":{field}", member.wire_name);
        }
    }
    out.push('}');
    reply.body(kind, out)
}

/// Whether there is anything to say.
fn has_message(service: &ServiceSchema, error: &ErrorReply<'_>) -> bool {
    service.dialect != Dialect::Coral || !error.message.is_empty()
}

/// What clients that once spoke the query protocol look for.
fn query_error(reply: &mut Reply, service: &ServiceSchema, error: &ErrorReply<'_>) {
    if service.query_compatible {
        let code = error.modeled.as_ref().map_or(&*error.code, |(schema, _)| schema.code);
        _ = reply.header(QUERY_ERROR, &format!("{code};{}", fault(error)));
    }
}

fn cbor_body(
    service: &ServiceSchema,
    error: &ErrorReply<'_>,
    times: cbor::Times,
) -> Result<Vec<u8>, WireError> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out);
    cbor::begin(&mut encoder)?;
    cbor::text(&mut encoder, "__type")?;
    cbor::text(&mut encoder, &type_name(service, error))?;
    if has_message(service, error) {
        cbor::text(&mut encoder, message_name(service, error))?;
        cbor::text(&mut encoder, &error.message)?;
    }
    for (name, content) in error.fields {
        cbor::text(&mut encoder, name)?;
        cbor::text(&mut encoder, content)?;
    }
    for (member, value) in own_members(error) {
        cbor::text(&mut encoder, member.wire_name)?;
        cbor::write_value(&mut encoder, member, value, times)?;
    }
    cbor::end(&mut encoder)?;
    Ok(out)
}
