//! `application/vnd.amazon.eventstream`: messages one after the other, each with headers and a payload of its own.
//!
//! Source: Smithy specification, "Amazon Event Stream Specification".

use bytes::{BufMut as _, Bytes, BytesMut};
use crc_fast::{CrcAlgorithm, checksum};
use minicbor::Encoder;

use super::{
    cbor, json,
    text::{Style, unfit},
    xml,
};
use crate::{
    Kind, Location, Member, OperationSchema, Protocol, Structure, TimestampFormat, Value, WireError,
};

/// The content type of a stream of events.
pub const EVENT_STREAM: &str = "application/vnd.amazon.eventstream";

/// Bytes before the headers: two lengths and their checksum.
const PRELUDE: usize = 12;
/// Bytes of a checksum.
const CHECKSUM: usize = 4;
/// The type of headers that are text.
const TEXT: u8 = 7;

/// The message that carries an event: the one member that is set of the operation's stream of events.
///
/// # Errors
/// [`WireError::Reply`] when the operation has no such stream, or the value is no event of it.
pub fn encode_event(
    protocol: Protocol,
    operation: &OperationSchema,
    event: &Value,
) -> Result<Bytes, WireError> {
    let unfit = || WireError::reply("not an event of the operation's stream");
    let (stream, values) = (stream(operation).ok_or_else(unfit)?, event.as_members().ok_or_else(unfit)?);
    let mut set = stream.members.iter().zip(values).filter(|(_, value)| !value.is_null());
    let (member, value) = set.next().ok_or_else(unfit)?;
    let (kind, payload) = payload(protocol, member, value)?;
    let headers = [Some(TYPE_EVENT), Some((":event-type", member.wire_name)), kind];
    Ok(message(&headers.into_iter().flatten().collect::<Vec<_>>(), &payload))
}

/// The message that carries the members of an output that are not events; it comes before all events. Protocols that have
/// other places for such members send none.
pub fn encode_initial_response(protocol: Protocol, members: &[u8]) -> Option<Bytes> {
    let headers = [TYPE_EVENT, (":event-type", "initial-response"), kind(protocol)];
    (protocol != Protocol::RestXml).then(|| message(&headers, members))
}

/// The message that ends a stream with an error: an exception, where the stream has one of this name.
pub fn encode_event_error(protocol: Protocol, operation: &OperationSchema, code: &str, text: &str) -> Bytes {
    let told = stream(operation).is_some_and(|stream| stream.members.iter().any(|one| one.wire_name == code));
    ending(protocol, told, code, text)
}

fn ending(protocol: Protocol, is_exception: bool, code: &str, text: &str) -> Bytes {
    if !is_exception {
        return message(&[(":message-type", "error"), (":error-code", code), (":error-message", text)], b"");
    }
    let payload = match protocol {
        Protocol::RpcV2Cbor | Protocol::Cbor11 => cbor_text("message", text),
        _ => {
            let mut payload = String::from("{\"message\":");
            json::string(&mut payload, text);
            payload.push('}');
            payload.into_bytes()
        }
    };
    message(&[(":message-type", "exception"), (":exception-type", code), kind(protocol)], &payload)
}

/// A map of one text.
fn cbor_text(name: &str, text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len() + text.len() + 16);
    let mut encoder = Encoder::new(&mut out);
    // Nothing fails that is written into memory.
    _ = encoder.map(1).and_then(|map| map.str(name)?.str(text));
    out
}

/// The events that an operation answers.
fn stream(operation: &OperationSchema) -> Option<&'static Structure> {
    operation.output.streaming_member().and_then(|(_, member)| match &member.target().kind {
        Kind::Structure(stream) if stream.event_stream => Some(stream),
        _ => None,
    })
}

const TYPE_EVENT: (&str, &str) = (":message-type", "event");

fn kind(protocol: Protocol) -> (&'static str, &'static str) {
    let kind = match protocol {
        Protocol::Json10 => "application/x-amz-json-1.0",
        Protocol::Json11 => "application/x-amz-json-1.1",
        Protocol::RpcV2Cbor => "application/cbor",
        Protocol::Cbor11 => "application/x-amz-cbor-1.1",
        _ => "application/json",
    };
    (":content-type", kind)
}

type Header = (&'static str, &'static str);

/// What an event carries, and its content type; `None` where it carries nothing.
fn payload(
    protocol: Protocol,
    member: &Member,
    value: &Value,
) -> Result<(Option<Header>, Vec<u8>), WireError> {
    let schema: &Structure =
        member.target().as_structure().ok_or_else(|| WireError::reply("an event is a structure"))?;
    match protocol {
        Protocol::RestXml => xml_payload(schema, value),
        Protocol::RpcV2Cbor | Protocol::Cbor11 => {
            let mut out = Vec::with_capacity(256);
            cbor::write_members(&mut Encoder::new(&mut out), schema, value, cbor::Times::of(protocol))?;
            Ok((Some(kind(protocol)), out))
        }
        _ => {
            let mut out = String::with_capacity(256);
            json::write_members(&mut out, schema, value)?;
            Ok((Some(kind(protocol)), out.into_bytes()))
        }
    }
}

/// The member that is the event's payload: bytes as they are, anything else as a document.
fn xml_payload(schema: &Structure, value: &Value) -> Result<(Option<Header>, Vec<u8>), WireError> {
    let values = value.as_members().ok_or_else(|| unfit("an event", "a structure", value))?;
    let mut payload = schema.members.iter().zip(values);
    let payload = payload.find(|(member, _)| matches!(member.location, Location::Payload));
    let Some((member, value)) = payload.filter(|(_, value)| !value.is_null()) else {
        return Ok((None, Vec::new()));
    };
    if let Some(bytes) = value.as_bytes() {
        return Ok((Some((":content-type", "application/octet-stream")), bytes.to_vec()));
    }
    let mut out = xml::Writer::new(Style { format: TimestampFormat::Iso8601, millis: true }, true);
    out.root(member.root_name(), None, member, value)?;
    Ok((Some((":content-type", "text/xml")), out.finish().into_bytes()))
}

/// One message. Names and values of headers are short and ours.
fn message(headers: &[(&str, &str)], payload: &[u8]) -> Bytes {
    let mut head = BytesMut::new();
    for (name, value) in headers {
        head.put_u8(u8::try_from(name.len()).unwrap_or(u8::MAX));
        head.put_slice(name.as_bytes());
        head.put_u8(TEXT);
        head.put_u16(u16::try_from(value.len()).unwrap_or(u16::MAX));
        head.put_slice(value.as_bytes());
    }
    let length = PRELUDE + head.len() + payload.len() + CHECKSUM;
    let mut out = BytesMut::with_capacity(length);
    out.put_u32(u32::try_from(length).unwrap_or(u32::MAX));
    out.put_u32(u32::try_from(head.len()).unwrap_or(u32::MAX));
    put_checksum(&mut out);
    out.put_slice(&head);
    out.put_slice(payload);
    put_checksum(&mut out);
    out.freeze()
}

/// The CRC-32 of all that is there so far.
fn put_checksum(out: &mut BytesMut) {
    let sum = checksum(CrcAlgorithm::Crc32IsoHdlc, out);
    out.put_u32(u32::try_from(sum).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of the specification's own test suite: no headers and no payload, and one header with a payload.
    #[test]
    fn messages_are_framed_and_checked() {
        let empty = message(&[], b"");
        assert_eq!(&*empty, [0, 0, 0, 0x10, 0, 0, 0, 0, 5, 0xc2, 0x48, 0xeb, 0x7d, 0x98, 0xc8, 0xff]);
        let one = message(&[("content-type", "application/json")], b"{'foo':'bar'}");
        assert_eq!(&one[..12], [0, 0, 0, 0x3d, 0, 0, 0, 0x20, 7, 0xfd, 0x83, 0x96]);
        assert_eq!(one[57..], [0x8d, 0x9c, 0x08, 0xb1]);
    }

    #[test]
    fn an_error_ends_a_stream_by_its_code() {
        let text = ending(Protocol::RestXml, false, "CastFailed", "why");
        let text = String::from_utf8_lossy(&text).into_owned();
        assert!(text.contains("\r:message-type\u{7}\0\u{5}error"));
        assert!(text.contains("\u{b}:error-code\u{7}\0\nCastFailed"));
        assert!(encode_initial_response(Protocol::RestXml, b"").is_none());
        let text = ending(Protocol::Json11, true, "ResourceInUseException", "a \"b\"");
        let text = String::from_utf8_lossy(&text).into_owned();
        assert!(text.contains(":exception-type\u{7}\0\u{16}ResourceInUseException"));
        assert!(text.contains(r#"{"message":"a \"b\""}"#));
        let text = ending(Protocol::Cbor11, true, "ResourceInUseException", "why");
        assert!(text.windows(13).any(|found| found == b"\xa1gmessagecwhy"));
    }
}
