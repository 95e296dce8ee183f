//! What a codec writes, it reads back; and nothing that is thrown at it makes it panic.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops, in its helpers too")]

use std::borrow::Cow;

use kurodo_wire::{
    Bytes, Encoded, HeaderMap, HeaderName, Kind, Location, Member, OperationSchema, Protocol, ReplyContext,
    RequestParts, RestRouter, Routed, Schema, Secret, SecretBytes, ServiceSchema, Structure, Timestamp,
    TimestampFormat, Value, XmlNamespace, common, decode_input, encode_output, parse_query, validate,
};
use proptest::{collection::vec, prelude::*, sample::Index};

static HEADER: HeaderName = HeaderName::from_static("x-number");
static WHEN: HeaderName = HeaderName::from_static("x-when");
static LIST: HeaderName = HeaderName::from_static("x-list");
static FLAG: HeaderName = HeaderName::from_static("x-flag");

static SINGLE: Schema = Schema::new("Single", Kind::Float);
static NUMBERS: Schema = Schema::list("Numbers", Member::new("member", &common::LONG));
static NAMED: Schema = Schema::list("Named", Member::new("member", &common::STRING).wire_name("item"));
static PAIRS: Schema = Schema::map(
    "Pairs",
    Member::new("key", &common::STRING),
    Member::new("value", &TREE).wire_name("content"),
);
static TREE: Schema = Schema::structure(
    "Tree",
    &[
        Member::new("Flag", &common::BOOLEAN),
        Member::new("Small", &common::INTEGER),
        Member::new("Large", &common::LONG),
        Member::new("Single", &SINGLE),
        Member::new("Double", &common::DOUBLE),
        Member::new("Text", &common::STRING).wire_name("text"),
        Member::new("Secret", &common::SECRET_STRING),
        Member::new("Blob", &common::BLOB),
        Member::new("SecretBlob", &common::SECRET_BLOB),
        Member::new("At", &common::TIMESTAMP),
        Member::new("Date", &common::TIMESTAMP).timestamp_format(TimestampFormat::Rfc822),
        Member::new("Numbers", &NUMBERS),
        Member::new("Named", &NAMED).flattened(),
        Member::new("Pairs", &PAIRS),
        Member::new("Branches", &PAIRS).flattened().wire_name("Branch"),
        Member::new("Kind", &common::STRING)
            .wire_name("xsi:type")
            .xml_attribute()
            .xml_namespace(XmlNamespace { prefix: Some("xsi"), uri: "urn:x" }),
        Member::new("Inner", &TREE),
    ],
);
static DATES: Schema = Schema::list("Dates", Member::new("member", &common::TIMESTAMP));
static BOUND: Schema = Schema::new(
    "Bound",
    Kind::Structure(
        Structure::new(&[
            Member::new("Number", &common::INTEGER).at(Location::Header(&HEADER)),
            Member::new("When", &common::TIMESTAMP).at(Location::Header(&WHEN)),
            Member::new("List", &DATES).at(Location::Header(&LIST)),
            Member::new("Flag", &common::BOOLEAN).at(Location::Header(&FLAG)),
            Member::new("Tree", &TREE).wire_name("Root").at(Location::Payload),
        ])
        .xml_name("Bound"),
    ),
);

static PLAIN_OPERATION: OperationSchema = OperationSchema::new("Plain", "POST", "/", [&TREE, &TREE]);
static BOUND_OPERATION: OperationSchema =
    OperationSchema::new("Bound", "POST", "/{Bucket}/{Key+}?x", [&BOUND, &BOUND]);
static SERVICE: ServiceSchema = ServiceSchema {
    operations: &[&PLAIN_OPERATION, &BOUND_OPERATION],
    xml_namespace: Some("urn:test"),
    ..ServiceSchema::named("test")
};

/// Values of the member's shape. Absent members are common, so that every combination comes up.
fn value(member: &'static Member, depth: u32) -> BoxedStrategy<Value> {
    let schema = member.target();
    let secret = schema.sensitive;
    let rfc822 = member.timestamp_format == Some(TimestampFormat::Rfc822);
    match &schema.kind {
        Kind::Boolean => any::<bool>().prop_map(Value::Bool).boxed(),
        Kind::Integer => any::<i32>().prop_map(|number| Value::Int(number.into())).boxed(),
        Kind::Long => any::<i64>().prop_map(Value::Int).boxed(),
        Kind::Float => {
            let number = any::<f32>().prop_filter("NaN is not itself", |number| !number.is_nan());
            number.prop_map(|number| Value::Float(number.into())).boxed()
        }
        Kind::Double => any::<f64>()
            .prop_filter("NaN is not itself", |number| !number.is_nan())
            .prop_map(Value::Float)
            .boxed(),
        Kind::String if secret => text().prop_map(|text| Value::Secret(Secret::new(text))).boxed(),
        Kind::String => text().prop_map(Value::String).boxed(),
        Kind::Blob if secret => {
            vec(any::<u8>(), 0..9).prop_map(|b| Value::SecretBlob(SecretBytes::new(b))).boxed()
        }
        Kind::Blob => vec(any::<u8>(), 0..9).prop_map(|bytes| Value::Blob(bytes.into())).boxed(),
        Kind::Timestamp => timestamp(rfc822).boxed(),
        Kind::List { item } => {
            let least = usize::from(member.flattened);
            vec(value(item, depth), least..4).prop_map(Value::List).boxed()
        }
        Kind::Map { value: item, .. } => {
            let least = usize::from(member.flattened);
            let pairs = proptest::collection::btree_map(text(), value(item, depth), least..3);
            pairs.prop_map(|pairs| Value::Map(pairs.into_iter().collect())).boxed()
        }
        Kind::Structure(_) => structure(schema, depth),
        Kind::Document => Just(Value::Null).boxed(),
    }
}

fn structure(schema: &'static Schema, depth: u32) -> BoxedStrategy<Value> {
    let members = schema.members().iter().map(|member| {
        let deep = matches!(member.target().kind, Kind::Structure(_) | Kind::Map { .. });
        if deep && depth == 0 {
            return Just(Value::Null).boxed();
        }
        prop_oneof![Just(Value::Null), value(member, depth.saturating_sub(u32::from(deep)))].boxed()
    });
    members.collect::<Vec<_>>().prop_map(|members| Value::Struct(members.into())).boxed()
}

/// Text without NUL, which XML cannot say.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[^\u{0}]{0,6}",
        "[ \\t\\r\\n&<>\"'\\\\/\u{1}-\u{1f}\u{7f}\u{85}\u{2028}\u{fffe}\u{ffff}😹]{0,6}"
    ]
}

fn timestamp(seconds: bool) -> impl Strategy<Value = Value> {
    let step = if seconds { 1000 } else { 1 };
    (0..4_000_000_000_000_i64 / step)
        .prop_map(move |n| Value::Timestamp(Timestamp::from_millisecond(n * step).unwrap()))
}

fn bound() -> impl Strategy<Value = Value> {
    let dates = vec(timestamp(true), 1..3).prop_map(Value::List);
    let or_null = |strategy: BoxedStrategy<Value>| prop_oneof![Just(Value::Null), strategy];
    let number = or_null(any::<i32>().prop_map(|number| Value::Int(number.into())).boxed());
    let flag = or_null(any::<bool>().prop_map(Value::Bool).boxed());
    let parts = (number, or_null(timestamp(true).boxed()), or_null(dates.boxed()), flag, structure(&TREE, 1));
    parts.prop_map(|(number, when, dates, flag, tree)| Value::structure([number, when, dates, flag, tree]))
}

fn encode(protocol: Protocol, operation: &OperationSchema, value: &Value) -> Encoded {
    let context = ReplyContext { request_id: "id", host_id: None };
    encode_output(protocol, &SERVICE, operation, value, context).unwrap()
}

fn parts(headers: &HeaderMap, body: Bytes) -> RequestParts<'_> {
    RequestParts { labels: &[], query: &[], headers, body }
}

fn decode(
    protocol: Protocol,
    operation: &OperationSchema,
    headers: &HeaderMap,
    body: Bytes,
) -> Option<Value> {
    decode_input(protocol, operation, &parts(headers, body)).ok()
}

/// The form that a client of the query protocol sends.
fn form(out: &mut Vec<(String, String)>, prefix: &str, member: &Member, value: &Value, ec2: bool) {
    let below = |name: &str| if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
    match (&member.target().kind, value) {
        (_, Value::Null) => {}
        (Kind::Structure(schema), Value::Struct(values)) => {
            for (member, value) in schema.members.iter().zip(values) {
                let name = if ec2 && member.renamed {
                    capitalised(member.wire_name)
                } else {
                    member.wire_name.to_owned()
                };
                form(out, &below(&name), member, value, ec2);
            }
        }
        (Kind::List { .. }, Value::List(items)) if items.is_empty() => {
            out.push((prefix.to_owned(), String::new()))
        }
        (Kind::List { item }, Value::List(items)) => {
            let prefix = if ec2 || member.flattened { prefix.to_owned() } else { below(item.wire_name) };
            for (at, value) in items.iter().enumerate() {
                form(out, &format!("{prefix}.{}", at + 1), item, value, ec2);
            }
        }
        (Kind::Map { .. }, Value::Map(pairs)) if pairs.is_empty() => {
            out.push((prefix.to_owned(), String::new()))
        }
        (Kind::Map { key, value: item }, Value::Map(pairs)) => {
            let prefix = if member.flattened { prefix.to_owned() } else { below("entry") };
            for (at, (name, value)) in pairs.iter().enumerate() {
                let entry = format!("{prefix}.{}", at + 1);
                out.push((format!("{entry}.{}", key.wire_name), name.clone()));
                form(out, &format!("{entry}.{}", item.wire_name), item, value, ec2);
            }
        }
        _ => out.push((prefix.to_owned(), scalar(member, value))),
    }
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// A scalar's text, by way of the JSON codec, which has its own writer for each.
fn scalar(member: &Member, value: &Value) -> String {
    match value {
        Value::Timestamp(at) if member.timestamp_format.is_none() => at.to_string(),
        Value::Float(number) if number.is_finite() => format!("{number:?}"),
        Value::Float(number) => if *number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned(),
        _ => {
            let at = TREE.members().iter().position(|other| other.name == member.name);
            let members = TREE.members().iter().enumerate();
            let alone: Box<[Value]> =
                members.map(|(n, _)| if Some(n) == at { value.clone() } else { Value::Null }).collect();
            if at.is_none() {
                return match value {
                    Value::Int(number) => number.to_string(),
                    other => other.as_str().unwrap().to_owned(),
                };
            }
            let body = encode(Protocol::Json11, &PLAIN_OPERATION, &Value::Struct(alone)).body;
            let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
            let content = json.as_object().unwrap().values().next().unwrap();
            content.as_str().map_or_else(|| content.to_string(), str::to_owned)
        }
    }
}

fn urlencoded(pairs: &[(String, String)]) -> String {
    let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect::<Vec<_>>()
        .join("&")
}

/// Forms cannot tell an empty structure from an absent one.
fn without_empty(value: Value, inside: bool) -> Value {
    match value {
        Value::Struct(members) => {
            let members: Box<[Value]> =
                members.into_iter().map(|member| without_empty(member, true)).collect();
            if inside && members.iter().all(Value::is_null) { Value::Null } else { Value::Struct(members) }
        }
        Value::Map(pairs) => {
            Value::Map(pairs.into_iter().map(|(key, value)| (key, without_empty(value, true))).collect())
        }
        other => other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn json_reads_what_it_writes(value in structure(&TREE, 2)) {
        let sent = encode(Protocol::Json11, &PLAIN_OPERATION, &value);
        prop_assert_eq!(decode(Protocol::Json11, &PLAIN_OPERATION, &HeaderMap::new(), sent.body), Some(value));
    }

    #[test]
    fn cbor_reads_what_it_writes(value in structure(&TREE, 2)) {
        let sent = encode(Protocol::RpcV2Cbor, &PLAIN_OPERATION, &value);
        prop_assert_eq!(decode(Protocol::RpcV2Cbor, &PLAIN_OPERATION, &HeaderMap::new(), sent.body), Some(value));
    }

    #[test]
    fn xml_reads_what_it_writes(value in bound()) {
        let sent = encode(Protocol::RestXml, &BOUND_OPERATION, &value);
        let found = decode(Protocol::RestXml, &BOUND_OPERATION, &sent.headers, sent.body.clone());
        prop_assert_eq!(found, Some(value), "{}", String::from_utf8_lossy(&sent.body));
    }

    #[test]
    fn rest_json_reads_what_it_writes(value in bound()) {
        let sent = encode(Protocol::RestJson, &BOUND_OPERATION, &value);
        prop_assert_eq!(decode(Protocol::RestJson, &BOUND_OPERATION, &sent.headers, sent.body), Some(value));
    }

    #[test]
    fn forms_are_read_as_sent(value in structure(&TREE, 1), ec2 in any::<bool>()) {
        let mut pairs = Vec::new();
        let root = Member::new("root", &TREE);
        form(&mut pairs, "", &root, &value, ec2);
        let protocol = if ec2 { Protocol::Ec2 } else { Protocol::Query };
        let found = decode(protocol, &PLAIN_OPERATION, &HeaderMap::new(), urlencoded(&pairs).into());
        prop_assert_eq!(found.map(|found| without_empty(found, false)), Some(without_empty(value, false)));
    }

    #[test]
    fn no_bytes_make_a_decoder_panic(body in vec(any::<u8>(), 0..64), protocol in protocol()) {
        let headers = HeaderMap::new();
        for operation in [&PLAIN_OPERATION, &BOUND_OPERATION] {
            if let Some(value) = decode(protocol, operation, &headers, body.clone().into()) {
                validate(operation.input, &value);
            }
        }
    }

    #[test]
    fn no_damage_makes_a_decoder_panic(
        value in bound(),
        damage in vec((any::<Index>(), any::<u8>()), 1..4),
        cut in any::<Index>(),
        protocol in protocol(),
    ) {
        let operation = if protocol.is_rest() { &BOUND_OPERATION } else { &PLAIN_OPERATION };
        let value = if protocol.is_rest() { value } else { value.as_members().unwrap().last().unwrap().clone() };
        let mut body = encode(protocol, operation, &value).body.to_vec();
        for (at, byte) in damage.iter().filter(|_| !body.is_empty()).collect::<Vec<_>>() {
            let at = at.index(body.len());
            if let Some(slot) = body.get_mut(at) {
                *slot = *byte;
            }
        }
        body.truncate(cut.index(body.len() + 1).max(body.len() / 2));
        decode(protocol, operation, &HeaderMap::new(), body.into());
    }

    #[test]
    fn no_request_makes_the_router_panic(method in "[A-Z]{0,4}", path in "[/%a-f0-9.{}+?&=é]{0,24}", query in ".{0,24}") {
        let router = RestRouter::new(&SERVICE);
        if let Ok(query) = parse_query(&query) {
            router.route(&method, &path, &query, &HeaderMap::new());
        }
    }

    #[test]
    fn paths_give_their_labels_back(bucket in "[^/\u{0}]{1,8}", key in "[^\u{0}]{1,8}") {
        let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let path = format!("/{}/{}", encode(&bucket), encode(&key));
        let query = [(Cow::Borrowed("x"), Cow::Borrowed(""))];
        let routed = RestRouter::new(&SERVICE).route("POST", &path, &query, &HeaderMap::new());
        let labels = vec![("Bucket", bucket.into()), ("Key", key.into())];
        prop_assert_eq!(routed, Routed::Operation(1, labels));
    }
}

fn protocol() -> impl Strategy<Value = Protocol> {
    prop_oneof![
        Just(Protocol::Json10),
        Just(Protocol::Query),
        Just(Protocol::Ec2),
        Just(Protocol::RestJson),
        Just(Protocol::RestXml),
        Just(Protocol::RpcV2Cbor),
    ]
}
