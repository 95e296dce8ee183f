//! The newest data of all metrics in Prometheus's text format.
//!
//! Sources: Prometheus documentation, "Exposition formats" (version 0.0.4); "Escaping schemes", values encoding.

use std::fmt::Write as _;

use bytes::Bytes;
use futures_util::stream;
use kurodo_gateway::{Reply, wire::parse_query};
use kurodo_store::Reader;

use crate::{
    Error, Statistic, Summary,
    data::{Listed, Range, View, list},
    model::{GetMetricDataOutput, StandardUnit},
};

/// Seconds for which Prometheus takes a sample for the newest.
const WINDOW: i64 = 300;
/// Seconds since a metric was put; the store knows them to ten minutes.
const SEEN: i64 = WINDOW + 600;
/// The most metrics of an answer.
const MOST: usize = 20_000;

const FAMILIES: [(&str, Statistic, &str); 5] = [
    ("cloudwatch_sum", Statistic::Sum, "Sum of the values of a minute."),
    ("cloudwatch_sample_count", Statistic::SampleCount, "Number of the values of a minute."),
    ("cloudwatch_average", Statistic::Average, "Average of the values of a minute."),
    ("cloudwatch_minimum", Statistic::Minimum, "Least of the values of a minute."),
    ("cloudwatch_maximum", Statistic::Maximum, "Greatest of the values of a minute."),
];

/// What a scrape is answered.
pub(super) fn exposed(
    reader: &Reader<'_>,
    query: &str,
    now: i64,
) -> Result<Reply<GetMetricDataOutput>, Error> {
    let text = Bytes::from(exposition(reader, namespace(query)?.as_deref(), now)?);
    let output = GetMetricDataOutput { metric_data_results: None, next_token: None, messages: None };
    let length = text.len() as u64;
    let content = Box::pin(stream::once(std::future::ready(Ok(text))));
    let reply = Reply::from(output).with_content(length, content);
    Ok(reply.with_header("content-type", "text/plain; version=0.0.4; charset=utf-8"))
}

/// The one namespace that is asked for. Everything else in the query is the signature.
fn namespace(query: &str) -> Result<Option<String>, Error> {
    let pairs = parse_query(query).map_err(|_| Error::Validation("The query is malformed.".to_owned()))?;
    let mut namespace = None;
    for (name, value) in pairs {
        match &*name {
            "namespace" if namespace.is_none() => namespace = Some(value.into_owned()),
            name if name.starts_with("X-Amz-") => {}
            name => {
                return Err(Error::Validation(format!(
                    "A scrape has no parameter {name}; it has one parameter namespace."
                )));
            }
        }
    }
    Ok(namespace)
}

fn exposition(reader: &Reader<'_>, namespace: Option<&str>, now: i64) -> Result<String, Error> {
    let mut metrics = Vec::new();
    list(reader, (namespace, None), None, |listed| {
        if now - listed.seen <= SEEN {
            metrics.push(listed);
        }
        metrics.len() <= MOST
    })?;
    if metrics.len() > MOST {
        return Err(Error::Limit(format!(
            "There are more than {MOST} metrics: scrape them by their namespace."
        )));
    }
    let end = now - now.rem_euclid(60);
    let range = Range::new(end - WINDOW, end, 60, now);
    let mut view = View::new(reader, now);
    let mut families = FAMILIES.map(|_| String::new());
    for listed in &metrics {
        for (unit, slots) in view.read(&listed.namespace, &listed.metric, None, range)? {
            if let Some((time, samples)) = slots.last_key_value() {
                let labels = labels(listed, unit);
                FAMILIES.iter().zip(&mut families).for_each(|(family, text)| {
                    sample(text, (family.0, family.1), &labels, *time, samples);
                });
            }
        }
    }
    Ok(FAMILIES
        .iter()
        .zip(families)
        .filter(|(_, text)| !text.is_empty())
        .fold(String::new(), |all, ((name, _, help), text)| {
            format!("{all}# HELP {name} {help}\n# TYPE {name} gauge\n{text}")
        }))
}

/// A line of the minute that began at this second.
fn sample(
    text: &mut String,
    (name, statistic): (&str, Statistic),
    labels: &str,
    time: i64,
    samples: &Summary,
) {
    if let Some(value) = statistic.of(samples) {
        // Writing into memory does not fail.
        let _ = writeln!(text, "{name}{{{labels}}} {value} {}", time.saturating_mul(1000));
    }
}

fn labels(listed: &Listed, unit: StandardUnit) -> String {
    let mut text = format!(
        "namespace=\"{}\",metric=\"{}\",unit=\"{}\"",
        quoted(&listed.namespace),
        quoted(&listed.metric.name),
        unit.as_str()
    );
    for (name, value) in &listed.metric.dimensions {
        let _ = write!(text, ",{}=\"{}\"", label(name), quoted(value));
    }
    text
}

/// The label of a dimension: no two dimensions have the same.
fn label(dimension: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if dimension.chars().all(plain) {
        return format!("dimension_{dimension}");
    }
    let mut text = "U__dimension__".to_owned();
    for c in dimension.chars() {
        match c {
            '_' => text.push_str("__"),
            c if plain(c) => text.push(c),
            c => {
                let _ = write!(text, "_{:x}_", u32::from(c));
            }
        }
    }
    text
}

fn quoted(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dimensions_have_labels_of_their_own() {
        for (dimension, want) in [
            ("BucketName", "dimension_BucketName"),
            ("a_b", "dimension_a_b"),
            ("a b", "U__dimension__a_20_b"),
            ("a.b_c", "U__dimension__a_2e_b__c"),
            ("é", "U__dimension___e9_"),
        ] {
            assert_eq!(label(dimension), want);
        }
    }

    #[test]
    fn values_cannot_leave_their_quotes() {
        assert_eq!(quoted("a\"} 1\n\\"), "a\\\"} 1\\n\\\\");
    }

    #[test]
    fn a_scrape_has_one_parameter() {
        assert_eq!(namespace("X-Amz-Date=1&namespace=AWS%2FS3").unwrap().as_deref(), Some("AWS/S3"));
        assert_eq!(namespace("X-Amz-Date=1").unwrap(), None);
        for query in ["namespace=a&namespace=b", "match=x", "Action=ListMetrics", "namespace=%zz"] {
            assert!(namespace(query).is_err(), "{query}");
        }
    }
}
