use std::sync::Arc;

use kurodo_gateway::{
    Dialect, Failure, Scraped, Service, ServiceFacts, Turns,
    wire::{Violation, violation_message},
};
use kurodo_store::Store;

use crate::{Error, Webhooks, figures::Figures, model, needs::Watch};

/// The service.
pub struct CloudWatch {
    pub(crate) store: Store,
    /// How far the chores have come.
    pub(crate) watch: Watch,
    /// What the services of this server count.
    pub(crate) figures: Arc<Figures>,
    /// Whom alarms may tell.
    pub(crate) webhooks: Webhooks,
    /// Turns at evaluating queries, of which each may hold millions of datapoints.
    pub(crate) turns: Turns,
}

impl CloudWatch {
    /// The service over this store; what is counted there is published, and alarms tell these webhooks.
    pub fn new(store: Store, figures: Arc<Figures>, webhooks: Webhooks) -> Self {
        Self { store, watch: Watch::default(), figures, webhooks, turns: Turns::new(2) }
    }
}

/// The operations of the first days, which word violations in a way of their own.
const FIRST: [&str; 6] =
    ["PutMetricData", "GetMetricStatistics", "ListMetrics", "GetDashboard", "PutDashboard", "ListDashboards"];

/// A scrape is a look at the newest data of all metrics: what its handler answers does not hang on these parameters, which
/// GetMetricData cannot do without.
const SCRAPED: Scraped = Scraped {
    operation: "GetMetricData",
    parameters: &[
        ("MetricDataQueries.member.1.Id", "scrape"),
        ("MetricDataQueries.member.1.Expression", "SEARCH('', 'Sum', 60)"),
        ("StartTime", "1970-01-01T00:00:00Z"),
        ("EndTime", "1970-01-01T00:05:00Z"),
    ],
};

impl Service for CloudWatch {
    type Error = Error;
    const FACTS: &'static ServiceFacts = &ServiceFacts {
        schema: &model::SERVICE,
        dialect: Dialect::Query,
        region: None,
        skew_seconds: 5 * 60,
        scraped: Some(SCRAPED),
        data_events: &["GetMetricData", "GetMetricStatistics", "ListMetrics", "PutMetricData"],
    };

    fn invalid(operation: &'static str, violations: &[Violation]) -> Option<Failure> {
        let first = violations.first().filter(|_| FIRST.contains(&operation))?;
        let told: Vec<_> = violations.iter().map(worded).collect();
        let error = if first.missing { Error::Missing } else { Error::Value };
        Some(error(told.join("\n")).into())
    }
}

/// A violation in the words of the first operations.
fn worded(violation: &Violation) -> String {
    let place = place(&violation.path);
    if violation.missing {
        return format!("The parameter {place} is required.");
    }
    let message = &violation.message;
    let after = |mark: &str| message.split_once(mark).map(|(_, rest)| rest.trim_end_matches(['.', ']']));
    if let Some(words) = after("enum value set: [") {
        return format!("The parameter {place} must be a value in the set [ {words} ].");
    }
    if let Some(most) = after("length less than or equal to ") {
        let list = ["MetricData", "Dimensions", "Statistics", "ExtendedStatistics"];
        return match list.iter().any(|name| place.ends_with(name)) {
            true => format!("The collection {place} must not have a size greater than {most}."),
            false => format!("The parameter {place} must be shorter than {most} characters."),
        };
    }
    if place == "Namespace" {
        return format!(
            "The value for parameter {place} is invalid: it must not be empty or begin with a colon."
        );
    }
    violation_message(std::slice::from_ref(violation))
}

/// A path as these operations write it: `MetricData.member.1.Unit` for `metricData.1.member.unit`.
fn place(path: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in path.split('.') {
        let number = parts.last().filter(|last| last.bytes().all(|byte| byte.is_ascii_digit())).cloned();
        match number {
            Some(number) if part == "member" => {
                parts.pop();
                parts.extend(["member".to_owned(), number]);
            }
            _ => {
                let mut letters = part.chars();
                let first = letters.next().map(|first| first.to_ascii_uppercase());
                parts.push(first.into_iter().chain(letters).collect());
            }
        }
    }
    parts.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn violations_are_worded_as_the_first_operations_do() {
        let violation = |path: &str, message: &str, missing| Violation {
            path: path.to_owned(),
            member: "MetricData",
            missing,
            worded: false,
            message: message.to_owned(),
        };
        let unit = violation(
            "metricData.2.member.unit",
            "Value 'x' at '..' failed to satisfy constraint: Member must satisfy enum value set: [Seconds, None]",
            false,
        );
        assert_eq!(
            worded(&unit),
            "The parameter MetricData.member.2.Unit must be a value in the set [ Seconds, None ]."
        );
        let missing = violation("namespace", "", true);
        assert_eq!(worded(&missing), "The parameter Namespace is required.");
        let failure = CloudWatch::invalid("PutMetricData", &[missing]).unwrap();
        assert_eq!(failure.code, "MissingParameter");
        assert!(CloudWatch::invalid("GetMetricData", &[unit]).is_none());
    }
}
