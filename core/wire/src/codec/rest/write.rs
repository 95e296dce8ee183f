//! Replies in HTTP.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use http::HeaderName;

use super::header;
use crate::{
    Dialect, Encoded, Kind, Location, Member, OperationSchema, Protocol, ReplyContext, Schema, ServiceSchema,
    Structure, TimestampFormat, Value, WireError,
    codec::{
        json,
        reply::Reply,
        text::{self, Style, unfit},
        xml,
    },
};

const NO_CONTENT: u16 = 204;

const HEADER_STYLE: Style = Style { format: TimestampFormat::Rfc822, millis: false };

/// Writes a reply, each member where it travels.
pub(crate) fn encode(
    protocol: Protocol,
    service: &ServiceSchema,
    operation: &OperationSchema,
    output: &Value,
    context: ReplyContext<'_>,
) -> Result<Encoded, WireError> {
    let Some(schema) = operation.output.as_structure() else {
        return Err(WireError::reply("an operation's output must be a structure"));
    };
    let values = output.as_members().ok_or_else(|| unfit("the output", "a structure", output))?;
    let mut reply = Reply::new(service, operation.status, context);
    headers(&mut reply, schema, values)?;
    if let Some((at, member)) = operation.output.payload() {
        let value = values.get(at).unwrap_or(&Value::Null);
        return payload(protocol, service, reply, member, value);
    }
    if operation.output.is_unit() || operation.status == NO_CONTENT {
        return Ok(reply.empty());
    }
    let has_document = schema.members.iter().any(Member::is_in_document);
    match protocol {
        Protocol::RestXml if !has_document => Ok(reply.empty()),
        Protocol::RestXml => xml_document(service, reply, operation.output, schema, output),
        _ => {
            let mut out = String::with_capacity(256);
            json::write_members(&mut out, schema, output)?;
            Ok(reply.body("application/json", out))
        }
    }
}

/// Sets the headers and the status that members stand for.
pub(crate) fn headers(reply: &mut Reply, schema: &Structure, values: &[Value]) -> Result<(), WireError> {
    for (member, value) in schema.members.iter().zip(values) {
        match (member.location, value) {
            (_, Value::Null) => {}
            (Location::Header(name), value) => set_header(reply, member, name, value)?,
            (Location::HeaderPrefix(prefix), Value::Map(pairs)) => set_prefixed(reply, prefix, pairs)?,
            (Location::Status, Value::Int(status)) => {
                let status = u16::try_from(*status).ok().filter(|status| (100..1000).contains(status));
                reply.set_status(status.ok_or_else(|| WireError::reply("the status is none of HTTP"))?);
            }
            _ => {}
        }
    }
    Ok(())
}

fn set_header(reply: &mut Reply, member: &Member, name: &HeaderName, value: &Value) -> Result<(), WireError> {
    match (&member.target().kind, value) {
        (Kind::List { item }, Value::List(items)) => {
            let quote = matches!(item.target().kind, Kind::String);
            let mut out = String::new();
            for value in items {
                let mut part = String::new();
                text::write(&mut part, item, value, HEADER_STYLE)?;
                header::join(&mut out, &part, quote);
            }
            if items.is_empty() { Ok(()) } else { reply.header(name.clone(), &out) }
        }
        (_, Value::String(content)) if member.json_value => {
            reply.header(name.clone(), &BASE64.encode(content))
        }
        (_, Value::String(content)) => reply.header(name.clone(), content),
        (_, Value::Int(number)) => {
            reply.number(name.clone(), *number);
            Ok(())
        }
        (_, value) => {
            // Room for a date.
            let mut out = String::with_capacity(32);
            text::write(&mut out, member, value, HEADER_STYLE)?;
            reply.header(name.clone(), &out)
        }
    }
}

fn set_prefixed(reply: &mut Reply, prefix: &str, pairs: &[(String, Value)]) -> Result<(), WireError> {
    for (key, value) in pairs {
        let name = HeaderName::from_bytes(format!("{prefix}{key}").as_bytes())
            .map_err(|_| WireError::reply(format!("`{prefix}{key}` cannot be a header's name")))?;
        let content = value.as_str().ok_or_else(|| unfit(prefix, "a map of strings", value))?;
        reply.header(name, content)?;
    }
    Ok(())
}

fn payload(
    protocol: Protocol,
    service: &ServiceSchema,
    reply: Reply,
    member: &Member,
    value: &Value,
) -> Result<Encoded, WireError> {
    if member.streams() {
        return Ok(reply.empty());
    }
    match (&member.target().kind, value) {
        (_, Value::Null) => Ok(reply.empty()),
        (Kind::Blob, value) => {
            let bytes = value.as_bytes().ok_or_else(|| unfit(member.name, "a blob", value))?;
            Ok(reply.body("application/octet-stream", bytes.to_vec()))
        }
        (Kind::String, value) => {
            let content = value.as_str().ok_or_else(|| unfit(member.name, "a string", value))?;
            let kind = if service.dialect == Dialect::S3 { "application/json" } else { "text/plain" };
            Ok(reply.body(kind, content.to_owned()))
        }
        (_, value) if protocol == Protocol::RestXml => {
            let mut out = writer(service);
            out.root(member.root_name(), namespace(service, member), member, value)?;
            Ok(reply.body("application/xml", out.finish()))
        }
        (_, value) => {
            let mut out = String::with_capacity(256);
            json::value(&mut out, member, value)?;
            Ok(reply.body("application/json", out))
        }
    }
}

fn writer(service: &ServiceSchema) -> xml::Writer {
    let s3 = service.dialect == Dialect::S3;
    xml::Writer::new(Style { format: TimestampFormat::Iso8601, millis: s3 }, s3)
}

fn namespace<'s>(service: &'s ServiceSchema, member: &Member) -> xml::Namespace<'s> {
    let own = member.xml_namespace.or(member.target().as_structure().and_then(|s| s.xml_namespace));
    own.filter(|namespace| namespace.prefix.is_none())
        .map(|namespace| namespace.uri)
        .or(service.xml_namespace)
}

fn xml_document(
    service: &ServiceSchema,
    reply: Reply,
    output: &Schema,
    schema: &Structure,
    value: &Value,
) -> Result<Encoded, WireError> {
    let root = schema.xml_name.unwrap_or(output.name);
    let own = schema.xml_namespace.filter(|namespace| namespace.prefix.is_none());
    let mut out = writer(service);
    out.open_structure(root, own.map(|namespace| namespace.uri).or(service.xml_namespace), schema, value)?;
    if schema.unwrapped {
        if let (Some(member), Some(value)) =
            (schema.members.first(), value.as_members().and_then(<[_]>::first))
            && !value.is_null()
        {
            out.text(member, value)?;
        }
    } else {
        out.members(schema, value)?;
    }
    out.close(root);
    Ok(reply.body("application/xml", out.finish()))
}
