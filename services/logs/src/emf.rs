//! The embedded metric format: events that are JSON and say which of their members are metrics.
//!
//! Source: CloudWatch User Guide, "Specification: Embedded metric format".

use std::{collections::BTreeSet, sync::LazyLock};

use memchr::memmem::Finder;
use serde_json::{Map, Value};

use crate::model::StandardUnit;

/// The most metrics of a directive, values of a metric, and dimensions of a set.
const METRICS: usize = 100;
const VALUES: usize = 100;
const DIMENSIONS: usize = 30;
/// The most values of a document, each counted once for every set of dimensions.
const ALL: usize = 50_000;
/// The most characters of names, and of values of dimensions.
const NAME: usize = 255;
const VALUE: usize = 1024;

/// Why a document has no metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is not JSON.
    #[error("it is no JSON object")]
    Parsing,
    /// It does not say what it must.
    #[error("it does not follow the specification")]
    Validation,
}

/// What a document says.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// In milliseconds since 1970.
    pub time: i64,
    /// Its metrics, each with one set of dimensions.
    pub metrics: Vec<Metric>,
}

/// A metric.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// CloudWatch's word; empty where none is given.
    pub unit: &'static str,
    /// Whether seconds are kept apart.
    pub fine: bool,
    /// Names and values, in order of the names.
    pub dimensions: Vec<(String, String)>,
    /// The values.
    pub values: Vec<f64>,
}

/// Whether an event looks like such a document, without reading it whole.
pub fn is_likely(message: &str) -> bool {
    static MARKS: LazyLock<[Finder<'static>; 2]> =
        LazyLock::new(|| [Finder::new("\"CloudWatchMetrics\""), Finder::new("\"_aws\"")]);
    message.trim_start().starts_with('{') && MARKS.iter().all(|mark| mark.find(message.as_bytes()).is_some())
}

/// Reads a document.
///
/// # Errors
/// It is none, or not a valid one: then none of its metrics count.
pub fn read(message: &str) -> Result<Document, Fault> {
    let Ok(Value::Object(root)) = serde_json::from_str(message) else { return Err(Fault::Parsing) };
    document(&root).ok_or(Fault::Validation)
}

fn document(root: &Map<String, Value>) -> Option<Document> {
    let metadata = root.get("_aws")?.as_object()?;
    let time = metadata.get("Timestamp")?;
    let time = time.as_i64().or_else(|| whole(time.as_f64()?))?;
    let (mut metrics, mut left) = (Vec::new(), ALL);
    for directive in metadata.get("CloudWatchMetrics")?.as_array()? {
        directive_of(root, directive.as_object()?, &mut metrics, &mut left)?;
    }
    Some(Document { time, metrics })
}

/// Whether the server itself publishes in this namespace.
pub(crate) fn is_taken(namespace: &str) -> bool {
    namespace.starts_with("AWS/") || namespace == "Kurodo"
}

/// Adds the metrics of a directive.
fn directive_of(
    root: &Map<String, Value>,
    directive: &Map<String, Value>,
    metrics: &mut Vec<Metric>,
    left: &mut usize,
) -> Option<()> {
    // Where the server publishes its own figures nobody else does by writing to a log.
    let namespace = text(directive.get("Namespace")?, NAME)?;
    if is_taken(namespace) {
        return None;
    }
    let sets = directive.get("Dimensions")?.as_array().filter(|sets| !sets.is_empty())?;
    // The same set twice would count everything twice.
    let sets = sets.iter().map(|set| dimensions(root, set)).collect::<Option<BTreeSet<_>>>()?;
    let definitions = directive.get("Metrics")?.as_array().filter(|all| all.len() <= METRICS)?;
    for definition in definitions {
        let definition = definition.as_object()?;
        let name = text(definition.get("Name")?, NAME)?;
        let values = values(root.get(name)?)?;
        let unit = match definition.get("Unit") {
            Some(unit) => StandardUnit::parse(unit.as_str()?)?.as_str(),
            None => "",
        };
        let fine = match definition.get("StorageResolution").map(Value::as_i64) {
            None | Some(Some(60)) => false,
            Some(Some(1)) => true,
            Some(_) => return None,
        };
        for dimensions in &sets {
            *left = left.checked_sub(values.len().max(1))?;
            metrics.push(Metric {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
                unit,
                fine,
                dimensions: dimensions.clone(),
                values: values.clone(),
            });
        }
    }
    Some(())
}

/// The dimensions that a set names, with their values.
fn dimensions(root: &Map<String, Value>, set: &Value) -> Option<Vec<(String, String)>> {
    let names = set.as_array().filter(|names| names.len() <= DIMENSIONS)?;
    let names = names.iter().map(|name| text(name, NAME)).collect::<Option<BTreeSet<_>>>()?;
    let value = |name: &str| Some((name.to_owned(), text(root.get(name)?, VALUE)?.to_owned()));
    names.into_iter().map(value).collect()
}

/// The numbers of a metric: one, or some.
fn values(target: &Value) -> Option<Vec<f64>> {
    match target {
        Value::Number(number) => Some(vec![number.as_f64()?]),
        Value::Array(some) if some.len() <= VALUES => some.iter().map(Value::as_f64).collect(),
        _ => None,
    }
}

/// A text of at least one character.
fn text(value: &Value, most: usize) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty() && text.chars().count() <= most)
}

/// The whole number that a number is.
fn whole(number: f64) -> Option<i64> {
    /// Beyond it not every whole number is a double.
    const GREATEST: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and small enough")]
    (number.fract() == 0.0 && number.abs() <= GREATEST).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn directive(changed: &str, value: Value) -> Value {
        let mut directive = json!({
            "Namespace": "app",
            "Dimensions": [["service", "stage"], []],
            "Metrics": [{ "Name": "ms", "Unit": "Milliseconds", "StorageResolution": 1 }, { "Name": "count" }],
        });
        directive[changed] = value;
        directive
    }

    fn event(directive: &Value) -> Value {
        json!({
            "_aws": { "Timestamp": 1_700_000_000_123i64, "CloudWatchMetrics": [directive], "more": 1 },
            "service": "shop", "stage": "test", "ms": [1.5, 2], "count": 3, "none": null, "many": vec![1; 101],
            "nested": { "ms": 1 }, "words": "w", "all": vec![0; 100],
        })
    }

    fn told(event: &Value) -> Result<Document, Fault> {
        let text = event.to_string();
        assert!(is_likely(&text));
        read(&text)
    }

    #[test]
    fn every_set_of_dimensions_is_a_metric() {
        let document = told(&event(&directive("more", json!(1)))).unwrap();
        assert_eq!((document.time, document.metrics.len()), (1_700_000_000_123, 4));
        let of = |name: &str, dimensions: usize| {
            let is_it = |one: &&Metric| one.name == name && one.dimensions.len() == dimensions;
            document.metrics.iter().find(is_it).unwrap()
        };
        let dimension = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(of("ms", 2).dimensions, [dimension("service", "shop"), dimension("stage", "test")]);
        assert_eq!(
            (of("ms", 0).values.clone(), of("ms", 2).unit, of("ms", 2).fine),
            (vec![1.5, 2.0], "Milliseconds", true)
        );
        assert_eq!(
            (of("count", 0).values.clone(), of("count", 2).unit, of("count", 2).fine),
            (vec![3.0], "", false)
        );
    }

    #[test]
    fn what_does_not_follow_the_specification_counts_nothing() {
        let metric = |name: &str| json!([{ "Name": name }]);
        for (member, value) in [
            ("Namespace", json!("")),
            ("Namespace", json!("n".repeat(256))),
            ("Namespace", json!(7)),
            ("Dimensions", json!([])),
            ("Dimensions", json!(["service"])),
            ("Dimensions", json!([["count"]])),
            ("Dimensions", json!([["gone"]])),
            ("Dimensions", json!([vec!["service"; 31]])),
            ("Metrics", json!({})),
            ("Metrics", json!(vec![json!({ "Name": "ms" }); 101])),
            ("Metrics", metric("gone")),
            ("Metrics", metric("none")),
            ("Metrics", metric("many")),
            ("Metrics", metric("nested")),
            ("Metrics", metric("words")),
            ("Metrics", json!([{ "Name": "ms", "Unit": "Miles" }])),
            ("Metrics", json!([{ "Name": "ms", "StorageResolution": 5 }])),
            ("Metrics", json!([{ "Unit": "Count" }])),
        ] {
            assert_eq!(
                told(&event(&directive(member, value.clone()))),
                Err(Fault::Validation),
                "{member} {value}"
            );
        }
        for time in [json!(null), json!("1"), json!(1.5)] {
            let mut event = event(&directive("more", json!(1)));
            event["_aws"]["Timestamp"] = time;
            assert_eq!(told(&event), Err(Fault::Validation));
        }
        assert_eq!(read("[]"), Err(Fault::Parsing));
        assert_eq!(read("{"), Err(Fault::Parsing));
        assert_eq!(read("{}"), Err(Fault::Validation));
    }

    #[test]
    fn a_small_document_cannot_ask_for_much() {
        let once = directive("Metrics", json!(vec![json!({ "Name": "all" }); 100]));
        assert_eq!(told(&event(&once)).unwrap().metrics.len(), 200);
        let mut often = event(&once);
        often["_aws"]["CloudWatchMetrics"] = json!(vec![once; 3]);
        assert_eq!(told(&often), Err(Fault::Validation));
        let same = directive("Dimensions", json!(vec![json!(["stage", "service", "stage"]); 30]));
        assert_eq!(told(&event(&same)).unwrap().metrics.len(), 2);
    }

    #[test]
    fn other_events_do_not_look_like_it() {
        for message in
            ["", "{}", "CloudWatchMetrics _aws", r#"{"_aws": 1}"#, r#"x {"_aws": "CloudWatchMetrics"}"#]
        {
            assert!(!is_likely(message), "{message}");
        }
    }
}
