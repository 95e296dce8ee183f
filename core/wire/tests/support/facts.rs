//! Descriptions made at run time from API facts as botocore writes them.

use std::{collections::HashMap, sync::OnceLock};

use kurodo_wire::{
    ErrorSchema, HeaderName, Kind, Location, Member, OperationSchema, Protocol, Schema, ServiceSchema,
    Structure, Target, TimestampFormat, XmlNamespace, common,
};
use serde_json::Value as Json;

/// Makes descriptions of the shapes of one set of facts. They live as long as the test.
pub(crate) struct Facts<'f> {
    shapes: &'f Json,
    made: HashMap<String, &'static OnceLock<&'static Schema>>,
}

pub(crate) fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

pub(crate) fn text(json: &Json) -> &'static str {
    leak(json.as_str().unwrap_or_else(|| panic!("not a string: {json}")).to_owned())
}

fn flag(json: &Json, name: &str) -> bool {
    json.get(name).and_then(Json::as_bool).unwrap_or(false)
}

impl<'f> Facts<'f> {
    pub(crate) fn new(shapes: &'f Json) -> Self {
        Self { shapes, made: HashMap::new() }
    }

    pub(crate) fn shape(&mut self, name: &str) -> &'static Schema {
        let cell = self.cell(name);
        cell.get().unwrap_or_else(|| panic!("{name} refers to itself"))
    }

    fn cell(&mut self, name: &str) -> &'static OnceLock<&'static Schema> {
        if let Some(cell) = self.made.get(name) {
            return cell;
        }
        let cell: &'static OnceLock<&'static Schema> = leak(OnceLock::new());
        self.made.insert(name.to_owned(), cell);
        let facts = &self.shapes[name];
        let kind = self.kind(facts);
        let schema = Schema::new(leak(name.to_owned()), kind);
        let schema = if flag(facts, "sensitive") { schema.sensitive() } else { schema };
        cell.set(leak(schema)).unwrap();
        cell
    }

    fn kind(&mut self, facts: &Json) -> Kind {
        match facts["type"].as_str().unwrap() {
            "string" | "character" => Kind::String,
            "boolean" => Kind::Boolean,
            "integer" => Kind::Integer,
            "long" => Kind::Long,
            "float" => Kind::Float,
            "double" => Kind::Double,
            "blob" => Kind::Blob,
            "timestamp" => Kind::Timestamp,
            "list" => Kind::List { item: self.reference("member", &facts["member"]) },
            "map" => {
                let [key, value] = ["key", "value"].map(|end| self.reference(end, &facts[end]));
                Kind::Map { key, value }
            }
            "structure" if flag(facts, "document") => Kind::Document,
            "structure" => Kind::Structure(self.structure(facts)),
            other => panic!("unknown type {other}"),
        }
    }

    fn structure(&mut self, facts: &Json) -> Structure {
        let required: Vec<&str> =
            facts["required"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
        let payload = facts["payload"].as_str();
        let none = serde_json::Map::new();
        let members = facts["members"].as_object().unwrap_or(&none);
        let members: Vec<Member> = members
            .iter()
            .map(|(name, reference)| {
                let member = self.reference(name, reference);
                let member = if payload == Some(name) { member.at(Location::Payload) } else { member };
                if required.contains(&name.as_str()) { member.required() } else { member }
            })
            .collect();
        let mut structure = Structure::new(leak(members));
        if flag(facts, "union") {
            structure = structure.union();
        }
        if flag(facts, "eventstream") {
            structure = structure.event_stream();
        }
        root(structure, facts)
    }

    fn reference(&mut self, name: &str, reference: &Json) -> Member {
        let shape = &self.shapes[reference["shape"].as_str().unwrap()];
        let fact = |key: &str| reference.get(key).or_else(|| shape.get(key));
        let is_structure = shape["type"] == "structure";
        let wire =
            reference.get("locationName").or_else(|| shape.get("locationName").filter(|_| !is_structure));
        let cell = self.cell(reference["shape"].as_str().unwrap());
        let target = cell.get().map_or(Target::Late(cell), |schema| Target::Ready(schema));
        let mut member = Member::with_target(leak(name.to_owned()), target);
        if let Some(wire) = wire {
            member = member.wire_name(text(wire));
        }
        if let Some(query) = fact("queryName") {
            member = member.query_name(text(query));
        }
        if let Some(namespace) = fact("xmlNamespace") {
            member = member.xml_namespace(xml_namespace(namespace));
        }
        if let Some(format) = fact("timestampFormat") {
            member = member.timestamp_format(timestamp_format(format));
        }
        for (key, with) in [
            ("flattened", Member::flattened as fn(Member) -> Member),
            ("xmlAttribute", Member::xml_attribute),
            ("streaming", Member::streaming),
            ("jsonvalue", Member::json_value),
        ] {
            if fact(key).and_then(Json::as_bool).unwrap_or(false) {
                member = with(member);
            }
        }
        match location(member, reference.get("location").and_then(Json::as_str), shape) {
            Some(location) => member.at(location),
            None => member,
        }
    }
}

fn location(member: Member, location: Option<&str>, shape: &Json) -> Option<Location> {
    let lower = || member.wire_name.to_ascii_lowercase();
    Some(match location? {
        "header" => Location::Header(leak(HeaderName::from_bytes(lower().as_bytes()).unwrap())),
        "headers" => Location::HeaderPrefix(leak(if member.renamed { lower() } else { String::new() })),
        "querystring" if shape["type"] == "map" => Location::QueryMap,
        "querystring" => Location::Query(member.wire_name),
        "uri" => Location::Label(member.wire_name),
        "statusCode" => Location::Status,
        other => panic!("unknown location {other}"),
    })
}

fn root(mut structure: Structure, facts: &Json) -> Structure {
    if let Some(name) = facts.get("locationName") {
        structure = structure.xml_name(text(name));
    }
    if let Some(namespace) = facts.get("xmlNamespace") {
        structure = structure.xml_namespace(xml_namespace(namespace));
    }
    structure
}

fn xml_namespace(facts: &Json) -> XmlNamespace {
    let prefix = facts.get("prefix").filter(|prefix| prefix.as_str() != Some("")).map(text);
    XmlNamespace { prefix, uri: text(facts.get("uri").unwrap_or(facts)) }
}

fn timestamp_format(facts: &Json) -> TimestampFormat {
    match facts.as_str().unwrap() {
        "iso8601" => TimestampFormat::Iso8601,
        "rfc822" => TimestampFormat::Rfc822,
        "unixTimestamp" => TimestampFormat::Epoch,
        other => panic!("unknown timestampFormat {other}"),
    }
}

/// The service and operation of one vector.
pub(crate) fn service(metadata: &Json, shapes: &Json, given: &Json) -> &'static ServiceSchema {
    let mut facts = Facts::new(shapes);
    let name = text(&given["name"]);
    let mut end = |end: &str| match given.get(end) {
        None => &common::UNIT,
        Some(reference) => {
            let schema = facts.shape(reference["shape"].as_str().unwrap());
            let Kind::Structure(structure) = schema.kind else { panic!("{name}: no structure") };
            let root = if structure.xml_name.is_some() { structure } else { root(structure, reference) };
            leak(Schema { kind: Kind::Structure(root), ..*schema })
        }
    };
    let (input, output) = (end("input"), end("output"));
    let http = &given["http"];
    let errors: Vec<&'static ErrorSchema> = given["errors"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|error| leak(self::error(&mut facts, shapes, error)))
        .collect();
    let has_output = given.get("output").is_some();
    let operation = OperationSchema {
        status: http["responseCode"].as_u64().unwrap_or(200) as u16,
        errors: leak(errors),
        result_wrapper: has_output.then(|| &**leak(format!("{name}Result"))),
        ..OperationSchema::new(name, text(&http["method"]), text(&http["requestUri"]), [input, output])
    };
    let operations: &'static [&'static OperationSchema] =
        leak(vec![leak(operation) as &'static OperationSchema]);
    let schema = ServiceSchema {
        query_compatible: metadata.get("awsQueryCompatible").is_some(),
        xml_namespace: metadata.get("xmlNamespace").map(text),
        protocols: leak([protocol(metadata)]),
        operations,
        errors: operations[0].errors,
        ..ServiceSchema::named("test")
    };
    leak(schema)
}

fn error(facts: &mut Facts<'_>, shapes: &Json, reference: &Json) -> ErrorSchema {
    let name = text(&reference["shape"]);
    let shape = &shapes[name];
    let fault = flag(shape, "fault");
    let code = shape.pointer("/error/code").map_or(name, text);
    let status = shape.pointer("/error/httpStatusCode").and_then(Json::as_u64);
    let status = status.map_or(if fault { 500 } else { 400 }, |status| status as u16);
    let sender = shape.pointer("/error/senderFault").and_then(Json::as_bool).unwrap_or(!fault);
    ErrorSchema { name, code, status, sender, schema: facts.shape(name) }
}

pub(crate) fn protocol(metadata: &Json) -> Protocol {
    match (metadata["protocol"].as_str().unwrap(), metadata["jsonVersion"].as_str()) {
        ("json", Some("1.1")) => Protocol::Json11,
        ("json", _) => Protocol::Json10,
        ("query", _) => Protocol::Query,
        ("ec2", _) => Protocol::Ec2,
        ("rest-json", _) => Protocol::RestJson,
        ("rest-xml", _) => Protocol::RestXml,
        ("smithy-rpc-v2-cbor", _) => Protocol::RpcV2Cbor,
        (other, _) => panic!("unknown protocol {other}"),
    }
}
