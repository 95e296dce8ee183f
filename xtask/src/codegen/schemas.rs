//! Descriptions of shapes as statics.

use std::{collections::BTreeSet, fmt::Write as _};

use super::{
    model::{End, Model},
    names::{constant, literal},
    patterns,
};
use crate::{
    failure::{Failure, Outcome},
    models::facts::{Reference, Shape, Traits, XmlNamespace},
};

/// The body of `schema.rs`: shapes, ends of operations, headers.
pub(crate) fn schemas(model: &Model<'_>) -> Outcome<String> {
    let mut writer = Writer { model, headers: BTreeSet::new() };
    let mut out = String::new();
    for name in &model.reachable {
        if common(model.shape(name)?).is_none() {
            out += &writer.shape(name)?;
        }
    }
    for operation in &model.selection.served {
        out += &writer.end(operation, End::Input)?;
        out += &writer.end(operation, End::Output)?;
    }
    if !model.service.or_arn.is_empty() {
        out += "static P_NAME: Pattern = Pattern::new(\"[a-zA-Z0-9_.-]+\");\n";
    }
    for header in &writer.headers {
        _ = writeln!(
            out,
            "static {}: HeaderName = HeaderName::from_static({});",
            header_name(header),
            literal(header)
        );
    }
    Ok(out)
}

/// The path of a shape's description.
pub(crate) fn path(model: &Model<'_>, name: &str) -> Outcome<String> {
    Ok(common(model.shape(name)?).map_or_else(|| constant(name), |name| format!("common::{name}")))
}

/// The path of the description of an operation's end.
pub(crate) fn end_path(model: &Model<'_>, operation: &str, end: End) -> Outcome<String> {
    Ok(match model.end(operation, end)? {
        Some(_) => format!("schema::{}", constant(&format!("{operation}{}", end.word()))),
        None => "kurodo_wire::common::UNIT".to_owned(),
    })
}

/// Shapes that say nothing but their type share one description.
fn common(shape: &Shape) -> Option<&'static str> {
    let plain =
        shape.words.is_empty() && shape.min.is_none() && shape.max.is_none() && shape.pattern.is_none();
    match (shape.kind.as_str(), shape.traits.sensitive) {
        _ if !plain => None,
        ("string" | "character", false) => Some("STRING"),
        ("string" | "character", true) => Some("SECRET_STRING"),
        ("boolean", _) => Some("BOOLEAN"),
        ("integer", _) => Some("INTEGER"),
        ("long", _) => Some("LONG"),
        ("float", _) => Some("FLOAT"),
        ("double", _) => Some("DOUBLE"),
        ("blob", false) => Some("BLOB"),
        ("blob", true) => Some("SECRET_BLOB"),
        ("timestamp", _) => Some("TIMESTAMP"),
        ("structure", _) if shape.document => Some("DOCUMENT"),
        _ => None,
    }
}

struct Writer<'m, 'a> {
    model: &'m Model<'a>,
    headers: BTreeSet<String>,
}

impl Writer<'_, '_> {
    fn shape(&mut self, name: &str) -> Outcome<String> {
        let shape = self.model.shape(name)?;
        let kind = match shape.kind.as_str() {
            "list" => {
                format!("Schema::list({}, {})", literal(name), self.item(shape.member.as_ref(), "member")?)
            }
            "map" => format!(
                "Schema::map({}, {}, {})",
                literal(name),
                self.item(shape.key.as_ref(), "key")?,
                self.item(shape.value.as_ref(), "value")?
            ),
            "structure" => self.structure(name, shape, &Root::default())?,
            scalar => format!("Schema::new({}, Kind::{})", literal(name), scalar_kind(scalar)?),
        };
        let mut out =
            format!("pub(super) static {}: Schema = {kind}{};\n", constant(name), self.limits(name, shape));
        if let Some(pattern) = &shape.pattern {
            _ = writeln!(
                out,
                "static {}: Pattern = {};",
                pattern_name(name),
                patterns::expression(name, pattern)?
            );
        }
        Ok(out)
    }

    /// What values must satisfy; a name that may be an ARN, what names must satisfy.
    fn limits(&self, name: &str, shape: &Shape) -> String {
        if self.model.service.or_arn.contains(&name) {
            return ".bounds(Some(3.0), Some(255.0)).pattern(&P_NAME).exempt(\"arn:\")".to_owned();
        }
        limits(name, shape, &self.model.told(name, shape))
    }

    fn end(&mut self, operation: &str, end: End) -> Outcome<String> {
        if self.model.is_shared(operation, end)? {
            return Ok(String::new());
        }
        let name = constant(&format!("{operation}{}", end.word()));
        let root = self.root(operation, end)?;
        let schema = match self.model.end(operation, end)? {
            Some(reference) => {
                let shape = self.model.shape(&reference.shape)?;
                self.structure(&reference.shape, shape, &root)?
            }
            None => return Ok(String::new()),
        };
        Ok(format!("pub(super) static {name}: Schema = {schema};\n"))
    }

    /// The root element of an operation's document, where the facts or the service's ways name one.
    fn root(&self, operation: &str, end: End) -> Outcome<Root> {
        let traits =
            self.model.end(operation, end)?.map(|reference| reference.traits.clone()).unwrap_or_default();
        let known = (end == End::Output).then(|| self.model.service.root(operation)).flatten();
        let name = known.map(|root| root.name.to_owned()).or(traits.location_name);
        Ok(Root {
            name,
            namespace: traits.xml_namespace,
            unwrapped: known.is_some_and(|root| root.unwrapped),
        })
    }

    fn structure(&mut self, name: &str, shape: &Shape, root: &Root) -> Outcome<String> {
        let mut members = String::new();
        for (member, reference) in self.model.members(name)? {
            members += &self.member(member, reference, shape)?;
            members += ",\n";
        }
        let mut out = format!("Structure::new(&[\n{members}])");
        if shape.union {
            out += ".union()";
        }
        if self.model.service.own_type(name).is_some() {
            out += ".sparse()";
        }
        if shape.eventstream {
            out += ".event_stream()";
        }
        if root.unwrapped {
            out += ".unwrapped()";
        }
        if let Some(name) = shape.traits.location_name.as_ref().or(root.name.as_ref()) {
            _ = write!(out, ".xml_name({})", literal(name));
        }
        if let Some(namespace) = root.namespace.as_ref().or(shape.traits.xml_namespace.as_ref()) {
            _ = write!(out, ".xml_namespace({})", xml_namespace(namespace));
        }
        Ok(format!("Schema::new({}, Kind::Structure({out}))", literal(name)))
    }

    fn member(&mut self, name: &str, reference: &Reference, owner: &Shape) -> Outcome<String> {
        let mut out = self.reference(name, reference)?;
        let traits = self.model.traits(reference)?;
        let payload = owner.payload.as_deref() == Some(name) || traits.eventpayload;
        if let Some(location) = self.location(name, &traits, payload)? {
            _ = write!(out, ".at({location})");
        }
        if owner.required.iter().any(|required| required == name) {
            out += ".required()";
        }
        Ok(out)
    }

    fn item(&mut self, reference: Option<&Reference>, name: &str) -> Outcome<String> {
        match reference {
            Some(reference) => self.reference(name, reference),
            None => Err(Failure::new("a list or map does not say of what")),
        }
    }

    /// A member without its place and owner.
    fn reference(&self, name: &str, reference: &Reference) -> Outcome<String> {
        let traits = self.model.traits(reference)?;
        let mut out = format!("Member::new({}, &{})", literal(name), path(self.model, &reference.shape)?);
        let in_document = matches!(traits.location.as_deref(), None | Some("header" | "querystring" | "uri"));
        if let Some(wire) = traits.location_name.as_ref().filter(|_| in_document) {
            _ = write!(out, ".wire_name({})", literal(wire));
        }
        if let Some(query) = &traits.query_name {
            _ = write!(out, ".query_name({})", literal(query));
        }
        if let Some(namespace) = &traits.xml_namespace {
            _ = write!(out, ".xml_namespace({})", xml_namespace(namespace));
        }
        if let Some(format) = &traits.timestamp_format {
            _ = write!(out, ".timestamp_format(TimestampFormat::{})", timestamp_format(format)?);
        }
        for (flag, call) in [
            (traits.flattened, ".flattened()"),
            (traits.xml_attribute, ".xml_attribute()"),
            (traits.streaming, ".streaming()"),
            (traits.jsonvalue, ".json_value()"),
            (traits.idempotency_token, ".idempotency_token()"),
            (reference.traits.sensitive, ".sensitive()"),
        ] {
            if flag {
                out += call;
            }
        }
        Ok(out)
    }

    fn location(&mut self, name: &str, traits: &Traits, payload: bool) -> Outcome<Option<String>> {
        let wire = traits.location_name.as_deref().unwrap_or(name);
        Ok(Some(match traits.location.as_deref() {
            None if payload => "Location::Payload".to_owned(),
            None => return Ok(None),
            Some("header") => {
                let header = wire.to_ascii_lowercase();
                let location = format!("Location::Header(&{})", header_name(&header));
                self.headers.insert(header);
                location
            }
            Some("headers") => format!("Location::HeaderPrefix({})", literal(&wire.to_ascii_lowercase())),
            Some("querystring") if self.is_query_map(name) => "Location::QueryMap".to_owned(),
            Some("querystring") => format!("Location::Query({})", literal(wire)),
            Some("uri") => format!("Location::Label({})", literal(wire)),
            Some("statusCode") => "Location::Status".to_owned(),
            Some(other) => return Err(Failure::new(format!("{name}: unknown location {other}"))),
        }))
    }

    /// A map in the query holds all parameters that no other member takes.
    fn is_query_map(&self, name: &str) -> bool {
        self.model.facts.shapes.values().any(|shape| {
            shape.members.iter().flat_map(|members| &members.0).any(|(member, reference)| {
                member == name
                    && reference.traits.location.as_deref() == Some("querystring")
                    && self.model.shape(&reference.shape).is_ok_and(|target| target.kind == "map")
            })
        })
    }
}

#[derive(Default)]
struct Root {
    name: Option<String>,
    namespace: Option<XmlNamespace>,
    unwrapped: bool,
}

fn header_name(header: &str) -> String {
    format!("H_{}", constant(header))
}

fn scalar_kind(kind: &str) -> Outcome<&'static str> {
    Ok(match kind {
        "string" | "character" => "String",
        "boolean" => "Boolean",
        "integer" => "Integer",
        "long" => "Long",
        "float" => "Float",
        "double" => "Double",
        "blob" => "Blob",
        "timestamp" => "Timestamp",
        other => return Err(Failure::new(format!("unknown type {other}"))),
    })
}

fn limits(name: &str, shape: &Shape, words: &[String]) -> String {
    let mut out = String::new();
    if shape.min.is_some() || shape.max.is_some() {
        let bound = |number: &Option<serde_json::Number>| {
            let number = number.as_ref().and_then(serde_json::Number::as_f64);
            number.map_or_else(|| "None".to_owned(), |number| format!("Some({number:?})"))
        };
        _ = write!(out, ".bounds({}, {})", bound(&shape.min), bound(&shape.max));
    }
    if shape.pattern.is_some() {
        _ = write!(out, ".pattern(&{})", pattern_name(name));
    }
    if !words.is_empty() {
        let words: Vec<_> = words.iter().map(|word| literal(word)).collect();
        _ = write!(out, ".words(&[{}])", words.join(", "));
    }
    if shape.traits.sensitive {
        out += ".sensitive()";
    }
    out
}

fn pattern_name(name: &str) -> String {
    format!("P_{}", constant(name))
}

fn xml_namespace(namespace: &XmlNamespace) -> String {
    let (prefix, uri) = match namespace {
        XmlNamespace::Uri(uri) => (&None, uri),
        XmlNamespace::Full { prefix, uri } => (prefix, uri),
    };
    let prefix =
        prefix.as_ref().map_or_else(|| "None".to_owned(), |prefix| format!("Some({})", literal(prefix)));
    format!("XmlNamespace {{ prefix: {prefix}, uri: {} }}", literal(uri))
}

fn timestamp_format(format: &str) -> Outcome<&'static str> {
    Ok(match format {
        "iso8601" => "Iso8601",
        "rfc822" => "Rfc822",
        "unixTimestamp" => "Epoch",
        other => return Err(Failure::new(format!("unknown timestampFormat {other}"))),
    })
}
