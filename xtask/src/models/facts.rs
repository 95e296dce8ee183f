//! What the facts say, and nothing else: no prose.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{IgnoredAny, MapAccess, Visitor},
    ser::SerializeMap,
};

/// One service's API facts.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Facts {
    pub(crate) source: Option<String>,
    pub(crate) metadata: Metadata,
    pub(crate) operations: BTreeMap<String, Operation>,
    pub(crate) shapes: BTreeMap<String, Shape>,
}

/// Facts about the service.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metadata {
    pub(crate) api_version: String,
    pub(crate) endpoint_prefix: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) global_endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) json_version: Option<String>,
    /// The one protocol, as older descriptions say it.
    #[serde(default, skip_serializing)]
    protocol: Option<String>,
    #[serde(default)]
    pub(crate) protocols: Vec<String>,
    pub(crate) service_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) signing_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) target_prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) xml_namespace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) aws_query_compatible: Option<Presence>,
}

/// An empty object whose presence is the fact.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Presence {}

/// One operation.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Operation {
    pub(crate) http: Http,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) input: Option<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) output: Option<Reference>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) http_checksum: Option<HttpChecksum>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) http_checksum_required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) authtype: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) unsigned_payload: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) endpoint: Option<Endpoint>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) deprecated: bool,
    #[serde(rename = "requestcompression", skip_serializing_if = "Option::is_none")]
    pub(crate) request_compression: Option<RequestCompression>,
    #[serde(flatten, skip_serializing)]
    rest: BTreeMap<String, IgnoredAny>,
}

/// An operation's place in HTTP.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Http {
    pub(crate) method: String,
    pub(crate) request_uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) response_code: Option<u16>,
}

/// A host prefix, such as `{AccountId}.`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Endpoint {
    pub(crate) host_prefix: String,
}

/// The trait `requestcompression`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RequestCompression {
    pub(crate) encodings: Vec<String>,
}

/// The trait `httpChecksum`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct HttpChecksum {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_algorithm_member: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) request_checksum_required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_validation_mode_member: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) response_algorithms: Vec<String>,
}

/// One shape.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shape {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) required: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) members: Option<Ordered<Reference>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) member: Option<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<Reference>,
    #[serde(rename = "enum", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) words: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min: Option<serde_json::Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max: Option<serde_json::Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pattern: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) payload: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) union: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) document: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) eventstream: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) event: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) wrapper: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) xml_order: Vec<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) exception: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) fault: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<ErrorFacts>,
    #[serde(flatten)]
    pub(crate) traits: Traits,
}

/// How an exception looks on the wire.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ErrorFacts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) http_status_code: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sender_fault: Option<bool>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) fault: bool,
}

/// A reference to a shape, from a member or an operation.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reference {
    pub(crate) shape: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) result_wrapper: Option<String>,
    #[serde(flatten)]
    pub(crate) traits: Traits,
}

/// What a shape or a reference to it says about its place on the wire. The reference has the last word.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Traits {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) location_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) query_name: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) flattened: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) xml_attribute: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) xml_namespace: Option<XmlNamespace>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timestamp_format: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) streaming: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) sensitive: bool,
    #[serde(rename = "box", default, skip_serializing_if = "is_false")]
    pub(crate) boxed: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) jsonvalue: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) idempotency_token: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) eventpayload: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) eventheader: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) deprecated: bool,
    #[serde(flatten, skip_serializing)]
    rest: BTreeMap<String, IgnoredAny>,
}

/// A namespace on an element.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum XmlNamespace {
    /// Only its name.
    Uri(String),
    /// With a prefix, perhaps.
    Full {
        /// The prefix.
        #[serde(skip_serializing_if = "Option::is_none")]
        prefix: Option<String>,
        /// The name.
        uri: String,
    },
}

/// What the package says and the wire does not need: prose, and advice to clients.
const DROPPED: &[&str] = &[
    "name",
    "documentation",
    "documentationUrl",
    "contextParam",
    "staticContextParams",
    "operationContextParams",
    "deprecatedMessage",
    "deprecatedSince",
    "endpointdiscovery",
    "endpointdiscoveryid",
    "endpointoperation",
    "exception",
    "hostLabel",
    "idempotent",
    "readonly",
    "requestcompression",
    "retryable",
    "synthetic",
    "auth",
];

impl Facts {
    /// Drops what is not kept, and refuses what is not known: a fact must not get lost unseen.
    pub(crate) fn distil(&mut self) -> Result<(), String> {
        if self.metadata.protocols.is_empty() {
            self.metadata.protocols.extend(self.metadata.protocol.take());
        }
        for (name, operation) in &mut self.operations {
            drop_known(name, &mut operation.rest)?;
            for reference in operation.references() {
                drop_known(name, &mut reference.traits.rest)?;
            }
        }
        for (name, shape) in &mut self.shapes {
            drop_known(name, &mut shape.traits.rest)?;
            for reference in shape.references() {
                drop_known(name, &mut reference.traits.rest)?;
            }
        }
        Ok(())
    }
}

impl Operation {
    fn references(&mut self) -> impl Iterator<Item = &mut Reference> {
        self.input.iter_mut().chain(&mut self.output).chain(&mut self.errors)
    }
}

impl Shape {
    fn references(&mut self) -> impl Iterator<Item = &mut Reference> {
        let members =
            self.members.iter_mut().flat_map(|members| members.0.iter_mut().map(|(_, member)| member));
        members.chain(&mut self.member).chain(&mut self.key).chain(&mut self.value)
    }
}

fn drop_known(place: &str, rest: &mut BTreeMap<String, IgnoredAny>) -> Result<(), String> {
    rest.retain(|key, _| !DROPPED.contains(&key.as_str()));
    match rest.keys().next() {
        None => Ok(()),
        Some(key) => Err(format!("{place} has `{key}`, which is neither kept nor known to be dropped")),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// An object whose order is a fact.
#[derive(Debug)]
pub(crate) struct Ordered<T>(pub(crate) Vec<(String, T)>);

impl<T: Serialize> Serialize for Ordered<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OrderedVisitor(std::marker::PhantomData))
    }
}

struct OrderedVisitor<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OrderedVisitor<T> {
    type Value = Ordered<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered<T>, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Ordered(pairs))
    }
}

impl Traits {
    /// These traits where they say something, `below` where they do not.
    pub(crate) fn over(&self, below: &Self) -> Self {
        Self {
            location: self.location.clone().or_else(|| below.location.clone()),
            location_name: self.location_name.clone().or_else(|| below.location_name.clone()),
            query_name: self.query_name.clone().or_else(|| below.query_name.clone()),
            flattened: self.flattened || below.flattened,
            xml_attribute: self.xml_attribute || below.xml_attribute,
            xml_namespace: self.xml_namespace.clone().or_else(|| below.xml_namespace.clone()),
            timestamp_format: self.timestamp_format.clone().or_else(|| below.timestamp_format.clone()),
            streaming: self.streaming || below.streaming,
            sensitive: self.sensitive || below.sensitive,
            boxed: self.boxed || below.boxed,
            jsonvalue: self.jsonvalue || below.jsonvalue,
            idempotency_token: self.idempotency_token || below.idempotency_token,
            eventpayload: self.eventpayload || below.eventpayload,
            eventheader: self.eventheader || below.eventheader,
            deprecated: self.deprecated || below.deprecated,
            rest: BTreeMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(trait_of_member: &str) -> Facts {
        let text = format!(
            r#"{{"metadata":{{"apiVersion":"1","endpointPrefix":"x","protocols":["json"],"serviceId":"X"}},
            "operations":{{"Do":{{"name":"Do","http":{{"method":"POST","requestUri":"/"}},"documentation":"prose"}}}},
            "shapes":{{"S":{{"type":"structure","members":{{"b":{{"shape":"T",{trait_of_member}}},"a":{{"shape":"T"}}}}}},
            "T":{{"type":"string","documentation":"prose"}}}}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn prose_is_dropped_and_order_kept() {
        let mut facts = facts(r#""documentation":"prose","sensitive":true"#);
        facts.distil().unwrap();
        let text = serde_json::to_string(&facts.shapes).unwrap();
        assert_eq!(
            text,
            r#"{"S":{"type":"structure","members":{"b":{"shape":"T","sensitive":true},"a":{"shape":"T"}}},"T":{"type":"string"}}"#
        );
    }

    #[test]
    fn unknown_traits_stop_the_tool() {
        assert!(facts(r#""brandNew":true"#).distil().unwrap_err().contains("brandNew"));
    }
}
