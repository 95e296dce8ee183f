//! What was asked of tables and of their streams.
//!
//! Source: DynamoDB Developer Guide, "DynamoDB metrics and dimensions".

use super::{Subject, publish::Collector, tally::Tally};
use crate::model::StandardUnit;

/// The unit of what is measured of tables, indexes and accounts.
pub(super) fn unit(metric: &str) -> StandardUnit {
    if metric.ends_with("Utilization") { StandardUnit::Percent } else { StandardUnit::Count }
}

/// The figures of a table, where it is known to be one, and of what was wrong with any.
pub(super) fn table(into: &mut Collector<'_>, subject: &Subject, tally: &Tally, own: bool) {
    into.count("UserErrors", &[], tally.client_errors);
    if !own {
        return;
    }
    let of = [("TableName", &*subject.resource), ("Operation", subject.operation)];
    into.put("SuccessfulRequestLatency", &of, StandardUnit::Milliseconds, tally.succeeded.samples());
    into.count("ThrottledRequests", &of, tally.throttled);
    into.count("SystemErrors", &of, tally.server_errors);
    into.count(
        "ConditionalCheckFailedRequests",
        &[("TableName", &subject.resource)],
        tally.failed_conditions,
    );
}

/// The figures of a table's stream, likewise.
pub(super) fn stream(into: &mut Collector<'_>, subject: &Subject, tally: &Tally, own: bool) {
    into.count("UserErrors", &[], tally.client_errors);
    let Some((table, label)) = subject.resource.split_once("/stream/").filter(|_| own) else { return };
    let of = [("TableName", table), ("StreamLabel", label), ("Operation", subject.operation)];
    let (bytes, records) = (tally.measured("Bytes"), tally.measured("Records"));
    into.put("SuccessfulRequestLatency", &of, StandardUnit::Milliseconds, tally.succeeded.samples());
    into.count("ThrottledRequests", &of, tally.throttled);
    into.count("SystemErrors", &of, tally.server_errors);
    into.put("ReturnedBytes", &of, StandardUnit::Bytes, bytes.samples());
    into.put("ReturnedRecordsCount", &of, StandardUnit::Count, records.samples());
}
