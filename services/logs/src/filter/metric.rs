use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Series;
use crate::{
    Error,
    emf::is_taken,
    model::{MetricFilter as View, MetricTransformation, PutMetricFilterInput, StandardUnit},
    pattern::{Event, Pattern, Reference, number},
};

/// The most dimensions of a metric that a filter makes.
///
/// Source: CloudWatch Logs API Reference, MetricTransformation.
const DIMENSIONS: usize = 3;

/// What makes a metric of events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct MetricFilter {
    pub(crate) name: String,
    pattern: String,
    /// In milliseconds since 1970.
    pub(crate) created: i64,
    pub(crate) metric: String,
    pub(crate) namespace: String,
    /// A number, or a part of the events.
    value: String,
    pub(crate) default: Option<f64>,
    unit: Option<String>,
    /// Names, and the parts of events that are their values.
    dimensions: BTreeMap<String, String>,
}

impl MetricFilter {
    /// The filter that is asked for.
    ///
    /// # Errors
    /// There can be no such filter.
    pub(crate) fn of(input: PutMetricFilterInput, now: i64) -> Result<Self, Error> {
        let transformation = input.metric_transformations.into_iter().next();
        let given = transformation.ok_or_else(|| Error::invalid("A metric transformation is missing."))?;
        let filter = Self {
            name: input.filter_name,
            pattern: input.filter_pattern,
            created: now,
            metric: given.metric_name,
            namespace: given.metric_namespace,
            value: given.metric_value,
            default: given.default_value,
            unit: given.unit.map(|unit| unit.as_str().to_owned()),
            dimensions: given.dimensions.unwrap_or_default().into_iter().collect(),
        };
        filter.check()?;
        Ok(filter)
    }

    fn check(&self) -> Result<(), Error> {
        let invalid = |what: &str| Err(Error::invalid(format!("Invalid metric transformation: {what}")));
        if is_taken(&self.namespace) {
            return invalid("its namespace is the server's own");
        }
        if !self.dimensions.is_empty() && self.default.is_some() {
            return invalid("dimensions and default value are mutually exclusive properties");
        }
        if self.dimensions.len() > DIMENSIONS {
            return invalid("there are more than 3 dimensions");
        }
        if self.metric.is_empty() || self.namespace.is_empty() {
            return invalid("the name and the namespace of the metric must not be empty");
        }
        if self.default.is_some_and(|default| !default.is_finite()) {
            return invalid("the default value must be a finite number");
        }
        self.compile().map(|_| ())
    }

    /// The filter, ready to measure events.
    pub(crate) fn compile(&self) -> Result<Meter<'_>, Error> {
        let pattern = Pattern::parse(&self.pattern)?;
        if !self.dimensions.is_empty() && !pattern.has_parts() {
            return Err(Error::invalid("The specified filter pattern does not support dimensions"));
        }
        let part = |text: &str| {
            pattern.reference(text).ok_or_else(|| {
                Error::invalid(format!(
                    "Invalid metric transformation: {text} is no number and refers to nothing of the filter pattern"
                ))
            })
        };
        let value = match number(&self.value) {
            Some(number) => Value::Number(number),
            None => Value::Part(part(&self.value)?),
        };
        let dimension = |(name, text): (&String, &String)| Ok((name.clone(), part(text)?));
        let dimensions = self.dimensions.iter().map(dimension).collect::<Result<_, Error>>()?;
        Ok(Meter { filter: self, pattern, value, dimensions })
    }

    /// As answers show it.
    pub(crate) fn view(&self, group: &str) -> View {
        let transformation = MetricTransformation {
            metric_name: self.metric.clone(),
            metric_namespace: self.namespace.clone(),
            metric_value: self.value.clone(),
            default_value: self.default,
            dimensions: (!self.dimensions.is_empty()).then(|| self.dimensions.clone().into_iter().collect()),
            unit: self.unit.as_deref().and_then(StandardUnit::parse),
        };
        View {
            filter_name: Some(self.name.clone()),
            filter_pattern: Some(self.pattern.clone()),
            metric_transformations: Some(vec![transformation]),
            creation_time: Some(self.created),
            log_group_name: Some(group.to_owned()),
            ..View::default()
        }
    }
}

/// A filter that measures events.
#[derive(Debug)]
pub(crate) struct Meter<'f> {
    pub(crate) filter: &'f MetricFilter,
    pattern: Pattern,
    value: Value,
    dimensions: Vec<(String, Reference)>,
}

#[derive(Debug)]
enum Value {
    Number(f64),
    Part(Reference),
}

impl Meter<'_> {
    /// What the filter tells of an event: nothing where it is not for it, or the event lacks the number or a dimension.
    pub(crate) fn measure(&self, event: &Event<'_>) -> Option<(Series, f64)> {
        if !self.pattern.holds(event) {
            return None;
        }
        let value = match &self.value {
            Value::Number(number) => *number,
            Value::Part(part) => number(&self.pattern.part(part, event)?)?,
        };
        let of = |(name, part): &(String, Reference)| Some((name.clone(), self.pattern.part(part, event)?));
        let dimensions = self.dimensions.iter().map(of).collect::<Option<_>>()?;
        Some((Series { dimensions, ..self.series() }, value))
    }

    /// The metric, without dimensions.
    pub(crate) fn series(&self) -> Series {
        Series {
            namespace: self.filter.namespace.clone(),
            name: self.filter.metric.clone(),
            dimensions: Vec::new(),
            unit: self.filter.unit.clone().unwrap_or_default(),
            fine: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(pattern: &str, value: &str, dimensions: &[(&str, &str)]) -> Result<MetricFilter, Error> {
        let transformation = MetricTransformation {
            metric_name: "m".to_owned(),
            metric_namespace: "n".to_owned(),
            metric_value: value.to_owned(),
            default_value: None,
            dimensions: Some(
                dimensions.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            ),
            unit: None,
        };
        let input = PutMetricFilterInput {
            filter_name: "f".to_owned(),
            filter_pattern: pattern.to_owned(),
            metric_transformations: vec![transformation],
            log_group_name: "g".to_owned(),
            apply_on_transformed_logs: None,
            field_selection_criteria: None,
            emit_system_field_dimensions: None,
        };
        MetricFilter::of(input, 7)
    }

    fn measured(filter: &MetricFilter, message: &str) -> Option<(Vec<(String, String)>, f64)> {
        let (series, value) = filter.compile().unwrap().measure(&Event::new(message))?;
        Some((series.dimensions, value))
    }

    #[test]
    fn events_are_counted_or_measured() {
        let counting = filter("ERROR", "1", &[]).unwrap();
        assert_eq!(measured(&counting, "an ERROR"), Some((Vec::new(), 1.0)));
        assert_eq!(measured(&counting, "fine"), None);
        let json = filter("{ $.ms > 5 }", "$.ms", &[("Path", "$.path"), ("Code", "$.code")]).unwrap();
        let dimensions = vec![("Code".to_owned(), "200".to_owned()), ("Path".to_owned(), "/".to_owned())];
        let event = r#"{"ms": 7.5, "path": "/", "code": 200}"#;
        assert_eq!(measured(&json, event), Some((dimensions, 7.5)));
        assert_eq!(measured(&json, r#"{"ms": 7.5, "path": "/"}"#), None, "a dimension is missing");
        let blanks = filter("[ip, ..., size]", "$size", &[]).unwrap();
        assert_eq!(measured(&blanks, "1.2.3.4 GET 12"), Some((Vec::new(), 12.0)));
        assert_eq!(measured(&blanks, "1.2.3.4 GET -"), None, "that is no number");
    }

    #[test]
    fn what_cannot_be_measured_is_refused() {
        for (pattern, value, dimensions) in [
            ("ERROR", "$.ms", &[][..]),
            ("ERROR", "ms", &[]),
            ("[ip]", "$size", &[]),
            ("[ip", "1", &[]),
            ("ERROR", "1", &[("a", "$.a")]),
            ("{ $.a = 1 }", "1", &[("a", "b")]),
            ("{ $.a = 1 }", "NaN", &[]),
            ("{ $.a = 1 }", "1", &[("a", "$.a"), ("b", "$.a"), ("c", "$.a"), ("d", "$.a")]),
        ] {
            assert!(filter(pattern, value, dimensions).is_err(), "{pattern} {value}");
        }
    }
}
