//! Operations, errors and the service itself.

use std::fmt::Write as _;

use super::{
    model::{End, Model},
    names::{constant, literal},
    schemas,
};
use crate::{
    failure::{Failure, Outcome},
    models::{
        facts::{HttpChecksum, Operation, Shape},
        services::DEFAULT_MAX_BODY,
    },
};

/// The body of `op.rs`. Tables name operations in one place, whichever service of the crate they are of.
pub(crate) fn markers(model: &Model<'_>) -> String {
    let mut out = String::new();
    for guest in model.service.guests() {
        _ = writeln!(out, "pub use super::{guest}::op::*;\n");
    }
    _ = writeln!(out, "kurodo_wire::operations! {{\n    {};", literal(model.service.name));
    for name in &model.selection.served {
        _ = writeln!(
            out,
            "    {name}(super::{name}Input) -> super::{name}Output = service::{};",
            constant(name)
        );
    }
    out + "}\n"
}

/// The body of `service.rs`: the service's description.
pub(crate) fn service(model: &Model<'_>) -> Outcome<String> {
    let mut out = header(model)?;
    for name in model.facts.operations.keys() {
        _ = writeln!(out, "{},", literal(name));
    }
    out += "];\n\n";
    for name in &model.selection.served {
        out += &operation(model, name)?;
    }
    for name in &model.errors {
        out += &error(model, name)?;
    }
    Ok(out)
}

fn header(model: &Model<'_>) -> Outcome<String> {
    let (service, metadata) = (model.service, &model.facts.metadata);
    let text = |value: &Option<String>| optional(value.as_deref());
    let namespace = metadata.xml_namespace.as_deref().or(service.xml_namespace);
    let mut out = String::new();
    _ = writeln!(
        out,
        "/// AWS `{0}` as its API facts describe it.\npub static SERVICE: ServiceSchema = ServiceSchema {{",
        service.name
    );
    _ = writeln!(out, "name: {}, service_id: {},", literal(service.name), literal(&metadata.service_id));
    _ = writeln!(
        out,
        "api_version: {}, endpoint_prefix: {},",
        literal(&metadata.api_version),
        literal(&metadata.endpoint_prefix)
    );
    _ = writeln!(
        out,
        "signing_name: {},",
        literal(metadata.signing_name.as_deref().unwrap_or(&metadata.endpoint_prefix))
    );
    _ = writeln!(
        out,
        "target_prefix: {}, global_endpoint: {},",
        text(&metadata.target_prefix),
        text(&metadata.global_endpoint)
    );
    _ = writeln!(out, "xml_namespace: {}, protocols: &[{}],", optional(namespace), protocols(model)?);
    _ = writeln!(out, "query_compatible: {},", metadata.aws_query_compatible.is_some());
    _ = writeln!(out, "error_namespace: {},", optional(service.error_namespace));
    _ = writeln!(out, "dialect: Dialect::{},", service.dialect());
    _ = writeln!(out, "operations: &[{}],", references(&model.selection.served));
    _ = writeln!(out, "refused: &[{}],", refused(model)?);
    let errors: Vec<_> = model.errors.iter().map(|name| format!("&{}", error_constant(name))).collect();
    _ = writeln!(out, "errors: &[{}],\n}};\n", errors.join(", "));
    _ = writeln!(
        out,
        "/// Every operation of the API facts: each has a row in the table, or is refused by name.\npub const FACTS_OPERATIONS: &[&str] = &["
    );
    Ok(out)
}

fn references(names: &[String]) -> String {
    names.iter().map(|name| format!("&{}", constant(name))).collect::<Vec<_>>().join(", ")
}

fn optional(value: Option<&str>) -> String {
    value.map_or_else(|| "None".to_owned(), |value| format!("Some({})", literal(value)))
}

fn protocols(model: &Model<'_>) -> Outcome<String> {
    let metadata = &model.facts.metadata;
    let names: Outcome<Vec<_>> = metadata
        .protocols
        .iter()
        .map(|protocol| {
            Ok(match (protocol.as_str(), metadata.json_version.as_deref()) {
                ("json", Some("1.1")) => "Protocol::Json11",
                ("json", _) => "Protocol::Json10",
                ("query", _) => "Protocol::Query",
                ("ec2", _) => "Protocol::Ec2",
                ("rest-json", _) => "Protocol::RestJson",
                ("rest-xml", _) => "Protocol::RestXml",
                ("smithy-rpc-v2-cbor", _) => "Protocol::RpcV2Cbor",
                (other, _) => return Err(Failure::new(format!("unknown protocol {other}"))),
            })
        })
        .collect();
    let older = model.service.cbor11.then_some("Protocol::Cbor11");
    Ok(names?.into_iter().chain(older).collect::<Vec<_>>().join(", "))
}

fn operation(model: &Model<'_>, name: &str) -> Outcome<String> {
    let facts = model.operation(name)?;
    let http = &facts.http;
    let [input, output] = [End::Input, End::Output].map(|end| schemas::end_path(model, name, end));
    let mut fields = String::new();
    if let Some(status) = http.response_code.filter(|&status| status != 200) {
        _ = writeln!(fields, "status: {status},");
    }
    let errors: Vec<_> =
        facts.errors.iter().map(|error| format!("&{}", error_constant(&error.shape))).collect();
    if !errors.is_empty() {
        _ = writeln!(fields, "errors: &[{}],", errors.join(", "));
    }
    if let Some(wrapper) = facts.output.as_ref().and_then(|output| output.result_wrapper.as_deref()) {
        _ = writeln!(fields, "result_wrapper: Some({}),", literal(wrapper));
    }
    if facts
        .request_compression
        .as_ref()
        .is_some_and(|trait_| trait_.encodings.iter().any(|name| name == "gzip"))
    {
        fields.push_str("gzip: true,\n");
    }
    if let Some(checksum) = checksum(facts) {
        _ = writeln!(fields, "checksum: {checksum},");
    }
    let auth = auth(facts)?;
    if auth != "Signed" {
        _ = writeln!(fields, "auth: Auth::{auth},");
    }
    if facts.deprecated {
        fields += "deprecated: true,\n";
    }
    if model.service.own_ways || model.service.coral {
        _ = writeln!(fields, "dialect: Dialect::{},", model.service.dialect());
    }
    if model.service.max_body != DEFAULT_MAX_BODY {
        _ = writeln!(fields, "max_body: {},", model.service.max_body);
    }
    let new = format!(
        "OperationSchema::new({}, {}, {}, [&{}, &{}])",
        literal(name),
        literal(&http.method),
        literal(&http.request_uri),
        input?,
        output?
    );
    let value = if fields.is_empty() { new } else { format!("OperationSchema {{ {fields} ..{new} }}") };
    Ok(format!("pub(super) static {}: OperationSchema = {value};\n", constant(name)))
}

fn checksum(facts: &Operation) -> Option<String> {
    let none = HttpChecksum::default();
    let traits = facts.http_checksum.as_ref().unwrap_or(&none);
    let required = traits.request_checksum_required || facts.http_checksum_required;
    if !required && facts.http_checksum.is_none() {
        return None;
    }
    let algorithms: Vec<_> = traits.response_algorithms.iter().map(|name| literal(name)).collect();
    Some(format!(
        "ChecksumTraits {{ request_algorithm_member: {}, request_required: {required}, response_mode_member: {}, response_algorithms: &[{}] }}",
        optional(traits.request_algorithm_member.as_deref()),
        optional(traits.request_validation_mode_member.as_deref()),
        algorithms.join(", ")
    ))
}

fn auth(facts: &Operation) -> Outcome<&'static str> {
    Ok(match facts.authtype.as_deref() {
        None | Some("v4") if facts.unsigned_payload => "UnsignedBody",
        None | Some("v4") => "Signed",
        Some("v4-unsigned-body") => "UnsignedBody",
        Some("none") => "None",
        Some(other) => return Err(Failure::new(format!("unknown authtype {other}"))),
    })
}

fn refused(model: &Model<'_>) -> Outcome<String> {
    let mut out = String::new();
    for name in &model.selection.refused {
        let facts = model.operation(name)?;
        let required = |location: &str| required_at(model, facts, location);
        _ = writeln!(
            out,
            "RouteSchema {{ name: {}, method: {}, uri: {}, required_query: &[{}], required_headers: &[{}], deprecated: {} }},",
            literal(name),
            literal(&facts.http.method),
            literal(&facts.http.request_uri),
            required("querystring")?,
            required("header")?.to_ascii_lowercase(),
            facts.deprecated
        );
    }
    Ok(out)
}

fn required_at(model: &Model<'_>, facts: &Operation, location: &str) -> Outcome<String> {
    let Some(input) = &facts.input else { return Ok(String::new()) };
    let shape = model.shape(&input.shape)?;
    let names: Vec<_> = model
        .members(&input.shape)?
        .iter()
        .filter(|(name, member)| {
            member.traits.location.as_deref() == Some(location) && shape.required.contains(name)
        })
        .map(|(name, member)| literal(member.traits.location_name.as_deref().unwrap_or(name)))
        .collect();
    Ok(names.join(", "))
}

fn error_constant(name: &str) -> String {
    format!("ERROR_{}", constant(name))
}

fn error(model: &Model<'_>, name: &str) -> Outcome<String> {
    let shape = model.shape(name)?;
    let (code, status, sender) = error_facts(name, shape);
    Ok(format!(
        "static {}: ErrorSchema = ErrorSchema {{ name: {}, code: {}, status: {status}, sender: {sender}, schema: &schema::{} }};\n",
        error_constant(name),
        literal(name),
        literal(code),
        schemas::path(model, name)?
    ))
}

fn error_facts<'s>(name: &'s str, shape: &'s Shape) -> (&'s str, u16, bool) {
    let facts = shape.error.as_ref();
    let code = facts.and_then(|error| error.code.as_deref()).unwrap_or(name);
    let receiver = shape.fault || facts.is_some_and(|error| error.fault || error.sender_fault == Some(false));
    let status = facts.and_then(|error| error.http_status_code).unwrap_or(if receiver { 500 } else { 400 });
    (code, status, !receiver && status < 500)
}
