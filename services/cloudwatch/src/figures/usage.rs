//! How often operations were called, of the services of which AWS publishes that.
//!
//! Sources: CloudWatch User Guide, "CloudWatch usage metrics"; CloudWatch Logs User Guide, "CloudWatch Logs usage metrics".

use super::{Subject, publish::Collector, tally::Tally};
use crate::model::StandardUnit;

/// The operations of CloudWatch whose calls are counted.
const COUNTED: [&str; 10] = [
    "DeleteAlarms",
    "DeleteDashboards",
    "DescribeAlarmHistory",
    "DescribeAlarms",
    "GetDashboard",
    "GetMetricData",
    "GetMetricStatistics",
    "ListMetrics",
    "PutDashboard",
    "PutMetricData",
];

/// The calls of an operation.
pub(super) fn calls(into: &mut Collector<'_>, subject: &Subject, tally: &Tally) {
    let (operation, unit) = (subject.operation, StandardUnit::None);
    let service = match subject.service {
        "cloudwatch" if COUNTED.contains(&operation) => "CloudWatch",
        "logs" if !operation.is_empty() => "Logs",
        _ => return,
    };
    let of = [("Class", "None"), ("Resource", operation), ("Service", service), ("Type", "API")];
    into.of("AWS/Usage").ones("CallCount", &of, unit, tally.requests);
    if service == "Logs" {
        let mut into = into.of("AWS/Logs");
        let errors = tally.wrong() + tally.server_errors - tally.throttled;
        into.ones("CallCount", &of, unit, tally.requests);
        into.ones("ErrorCount", &of, unit, errors);
        into.ones("ThrottleCount", &of, unit, tally.throttled);
    }
}
