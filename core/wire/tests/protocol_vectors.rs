//! The protocol vectors of botocore's source distribution, seen from the server's side.
//!
//! `KURODO_BOTOCORE_SDIST` names the unpacked distribution; `cargo xtask test` fetches it and sets the variable.
//! Input vectors: the request must decode to the parameters. Output vectors: the result must encode to the response.
//! A vector that says nothing about servers is on [`client_only::LIST`] with its reason; one on the list that passes
//! fails the test, so that the list can only shrink.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on stops, in its helpers too"
)]

#[path = "support/client_only.rs"]
mod client_only;
mod support;

use std::{borrow::Cow, fs, panic, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use kurodo_wire::{
    Bytes, Encoded, ErrorReply, Fault, HeaderMap, HeaderName, HeaderValue, Kind, Location, Protocol,
    ReplyContext, RequestParts, RestRouter, Routed, ServiceSchema, Value, decode_input, encode_error,
    encode_output, parse_query,
};
use serde_json::Value as Json;
use support::{facts, normal, params};

const CONTEXT: ReplyContext<'_> = ReplyContext { request_id: "id", host_id: None };

struct Vector {
    file: String,
    id: String,
    metadata: Json,
    shapes: Json,
    case: Json,
}

#[test]
fn requests_decode_to_their_parameters() {
    run("input", 360, check_input);
}

#[test]
fn results_encode_to_their_responses() {
    run("output", 360, check_output);
}

fn run(side: &str, at_least: usize, check: fn(&Vector) -> Result<(), String>) {
    let Some(folder) = std::env::var_os("KURODO_BOTOCORE_SDIST") else {
        println!(
            "NOT RUN: KURODO_BOTOCORE_SDIST is not set; `cargo xtask test` fetches the vectors and sets it"
        );
        return;
    };
    let vectors = load(&PathBuf::from(folder).join("tests/unit/protocols").join(side));
    assert!(
        vectors.len() >= at_least,
        "only {} vectors: is KURODO_BOTOCORE_SDIST the right folder?",
        vectors.len()
    );
    let mut problems = Vec::new();
    for vector in &vectors {
        let outcome = panic::catch_unwind(|| check(vector)).unwrap_or_else(|_| Err("panicked".to_owned()));
        let excused = client_only::LIST
            .iter()
            .any(|(s, file, id, _)| *s == side && *file == vector.file && *id == vector.id);
        match outcome {
            Err(why) if !excused => problems.push(format!("{} {}: {why}", vector.file, vector.id)),
            Ok(()) if excused => {
                problems.push(format!("{} {}: passes, take it off the list", vector.file, vector.id))
            }
            _ => {}
        }
    }
    for (_, file, id, _) in client_only::LIST.iter().filter(|(s, ..)| *s == side) {
        let known = vectors.iter().any(|vector| vector.file == *file && vector.id == *id);
        if !known {
            problems.push(format!("{file} {id}: on the list, and no vector"));
        }
    }
    assert!(problems.is_empty(), "{} of {} vectors:\n{}", problems.len(), vectors.len(), problems.join("\n"));
}

fn load(folder: &PathBuf) -> Vec<Vector> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut vectors = Vec::new();
    for path in files {
        let suites: Json = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        for suite in suites.as_array().unwrap() {
            for case in suite["cases"].as_array().unwrap() {
                vectors.push(Vector {
                    file: path.file_stem().unwrap().to_string_lossy().into_owned(),
                    id: case["id"].as_str().unwrap().to_owned(),
                    metadata: suite["metadata"].clone(),
                    shapes: suite["shapes"].clone(),
                    case: case.clone(),
                });
            }
        }
    }
    vectors
}

impl Vector {
    fn service(&self) -> &'static ServiceSchema {
        facts::service(&self.metadata, &self.shapes, &self.case["given"])
    }
}

fn header_map(json: &Json) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in json.as_object().into_iter().flatten() {
        let name = HeaderName::from_bytes(name.to_ascii_lowercase().as_bytes()).unwrap();
        headers.append(name, HeaderValue::from_bytes(value.as_str().unwrap().as_bytes()).unwrap());
    }
    headers
}

fn body(protocol: Protocol, json: &Json) -> Bytes {
    let text = json.as_str().unwrap_or_default().to_owned();
    if protocol == Protocol::RpcV2Cbor { BASE64.decode(text).unwrap().into() } else { text.into() }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: found {found:?}, expected {expected:?}")) }
}

fn check_input(vector: &Vector) -> Result<(), String> {
    let service = vector.service();
    let operation = service.operations[0];
    let protocol = facts::protocol(&vector.metadata);
    let sent = &vector.case["serialized"];
    let uri = sent["uri"].as_str().unwrap();
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let query = parse_query(query).map_err(|error| error.to_string())?;
    let headers = header_map(&sent["headers"]);
    let labels: Vec<(&str, Cow<'_, str>)> = if protocol.is_rest() {
        match RestRouter::new(service).route(sent["method"].as_str().unwrap(), path, &query, &headers) {
            Routed::Operation(0, labels) => labels,
            other => return Err(format!("routed to {other:?}")),
        }
    } else {
        Vec::new()
    };
    let whole = body(protocol, &sent["body"]);
    let streams = operation.streams_input();
    let parts = RequestParts {
        labels: &labels,
        query: &query,
        headers: &headers,
        body: if streams { Bytes::new() } else { whole.clone() },
    };
    let found = decode_input(protocol, operation, &parts).map_err(|error| error.to_string())?;
    let expected = params::structure(operation.input, &vector.case["params"]);
    if let Some((at, _)) = operation.input.streaming_member() {
        let expected = expected.as_members().unwrap()[at].as_bytes().unwrap_or_default();
        same("stream", &&whole[..], &expected)?;
    }
    let [found, expected] = [&found, &expected].map(|value| params::normal_structure(operation.input, value));
    same("input", &found, &expected)
}

fn check_output(vector: &Vector) -> Result<(), String> {
    if vector.case.get("error").is_some() {
        return check_error(vector);
    }
    let service = vector.service();
    let operation = service.operations[0];
    let protocol = facts::protocol(&vector.metadata);
    let value = params::structure(operation.output, &vector.case["result"]);
    let mut found =
        encode_output(protocol, service, operation, &value, CONTEXT).map_err(|error| error.to_string())?;
    if let Some((at, _)) = operation.output.streaming_member() {
        found.body = Bytes::copy_from_slice(value.as_members().unwrap()[at].as_bytes().unwrap_or_default());
    }
    check_reply(vector, protocol, &found, is_raw(operation.output))
}

/// Whether the body is a payload of its own, not a document of the protocol.
fn is_raw(output: &kurodo_wire::Schema) -> bool {
    output.payload().is_some_and(|(_, member)| matches!(member.target().kind, Kind::Blob | Kind::String))
}

fn check_reply(vector: &Vector, protocol: Protocol, found: &Encoded, raw: bool) -> Result<(), String> {
    let expected = &vector.case["response"];
    same("status", &u64::from(found.status), &expected["status_code"].as_u64().unwrap())?;
    for (name, value) in header_map(&expected["headers"]) {
        let name = name.unwrap();
        if name == "content-length" {
            continue; // the sender's business
        }
        let sent = found
            .headers
            .get(&name)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).replace(", ", ","));
        let wanted = String::from_utf8_lossy(value.as_bytes()).replace(", ", ",");
        let wanted_is_type =
            name == "content-type" && sent.as_ref().is_some_and(|sent| sent.starts_with(&wanted));
        if sent.as_ref() != Some(&wanted) && !wanted_is_type {
            return Err(format!("header {name}: found {sent:?}, expected {wanted:?}"));
        }
    }
    let wanted = body(protocol, &expected["body"]);
    check_body(protocol, &found.body, &wanted, raw)
}

fn check_body(protocol: Protocol, found: &[u8], wanted: &[u8], raw: bool) -> Result<(), String> {
    if protocol == Protocol::RestJson && !raw && found == b"{}" && wanted.is_empty() {
        return Ok(()); // clients take either for a reply without a document; Smithy wants servers to send the object
    }
    if raw || wanted.is_empty() || found.is_empty() {
        return same("body", &String::from_utf8_lossy(found), &String::from_utf8_lossy(wanted));
    }
    let text = |body: &[u8]| String::from_utf8(body.to_vec()).unwrap();
    match protocol {
        Protocol::RpcV2Cbor => same("body", &normal::cbor(found), &normal::cbor(wanted)),
        Protocol::Json10 | Protocol::Json11 | Protocol::RestJson => {
            same("body", &normal::json(found), &normal::json(wanted))
        }
        _ => {
            let [found, wanted] = [found, wanted].map(|body| {
                let mut root = normal::xml(&text(body));
                root.children.retain(|child| {
                    !matches!(&*child.name, "ResponseMetadata" | "requestId" | "RequestId" | "RequestID")
                });
                root
            });
            same("body", &found, &wanted)
        }
    }
}

fn check_error(vector: &Vector) -> Result<(), String> {
    let service = vector.service();
    let protocol = facts::protocol(&vector.metadata);
    let schema = service.errors[0];
    let code = vector.case["errorCode"].as_str().unwrap();
    let value = params::structure(schema.schema, &vector.case["error"]);
    let message = message(&vector.case, schema.schema, &value);
    let status = vector.case["response"]["status_code"].as_u64().unwrap() as u16;
    let reply = ErrorReply {
        code: schema.name.into(),
        message: message.into(),
        status,
        fault: if schema.sender { Fault::Sender } else { Fault::Receiver },
        fields: &[],
        modeled: Some((schema, value)),
        request_id: "id",
        host_id: None,
        resource: None,
    };
    let reply =
        if protocol.is_query() { ErrorReply { code: code.to_owned().into(), ..reply } } else { reply };
    let found = encode_error(protocol, service, &reply);
    same("status", &found.status, &status)?;
    check_error_body(vector, protocol, &found, &reply)?;
    for (_, value) in header_map(&vector.case["response"]["headers"])
        .iter()
        .filter(|(name, _)| *name == "x-amzn-query-error")
    {
        same("query error", &found.headers.get("x-amzn-query-error"), &Some(value))?;
    }
    let members =
        schema.schema.members().iter().filter(|member| matches!(member.location, Location::Header(_)));
    for member in members {
        let Location::Header(name) = member.location else { continue };
        let wanted = header_map(&vector.case["response"]["headers"]).get(name).cloned();
        same("header", &found.headers.get(name).cloned(), &wanted)?;
    }
    Ok(())
}

fn message(case: &Json, schema: &kurodo_wire::Schema, value: &Value) -> String {
    let own = schema.members().iter().zip(value.as_members().unwrap());
    let own = own
        .filter(|(member, _)| member.name.eq_ignore_ascii_case("message"))
        .find_map(|(_, value)| value.as_str());
    own.or(case["errorMessage"].as_str()).unwrap_or_default().to_owned()
}

fn check_error_body(
    vector: &Vector,
    protocol: Protocol,
    found: &Encoded,
    reply: &ErrorReply<'_>,
) -> Result<(), String> {
    let wanted = body(protocol, &vector.case["response"]["body"]);
    if wanted.is_empty() {
        return Err("the response has no body".to_owned());
    }
    let strip = |mut json: Json| {
        let kind = json["__type"].as_str().map(|kind| kind.rsplit('#').next().unwrap().to_owned());
        let object = json.as_object_mut().unwrap();
        object.remove("__type");
        object.retain(|key, value| !(key.eq_ignore_ascii_case("message") && value == ""));
        (kind, json)
    };
    match protocol {
        Protocol::RpcV2Cbor => {
            same("error", &strip(normal::cbor(&found.body)), &strip(normal::cbor(&wanted)))
        }
        Protocol::Json10 | Protocol::Json11 | Protocol::RestJson => {
            let json = |body: &[u8]| strip(serde_json::from_slice(body).unwrap());
            let (kind, fields) = json(&found.body);
            same("type", &kind.as_deref(), &Some(&*reply.code))?;
            same("fields", &fields, &json(&wanted).1)
        }
        _ => {
            let [found, wanted] = [&found.body[..], &wanted].map(|body| {
                let mut root = normal::xml(std::str::from_utf8(body).unwrap());
                root.children.retain(|child| !child.name.starts_with("Request"));
                let inner = root.children.iter_mut().flat_map(|errors| {
                    if errors.name == "Errors" { errors.children.iter_mut().collect() } else { vec![errors] }
                });
                inner.for_each(|error| {
                    error.children.retain(|child| child.name != "Message" || !reply.message.is_empty())
                });
                root
            });
            same("error", &found, &wanted)
        }
    }
}
