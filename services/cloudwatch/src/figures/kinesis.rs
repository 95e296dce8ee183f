//! What streams, their shards and their consumers took and gave.
//!
//! Source: Kinesis Data Streams Developer Guide, "Monitor the Amazon Kinesis Data Streams service with Amazon CloudWatch".

use super::{
    Subject,
    publish::Collector,
    tally::{Tally, number},
};
use crate::model::StandardUnit;

/// The figures of a stream that AWS publishes of all of them.
pub(super) fn stream(into: &mut Collector<'_>, subject: &Subject, tally: &Tally) {
    let of = [("StreamName", &*subject.resource)];
    let (bytes, records) = (tally.measured("Bytes"), tally.measured("Records"));
    let operation = subject.operation;
    let named = |what: &str| format!("{operation}.{what}");
    let answered = number(tally.requests.saturating_sub(tally.wrong() + tally.server_errors));
    let succeeded = match operation {
        "PutRecord" => {
            into.rate("WriteProvisionedThroughputExceeded", &of, tally.throttled, tally.requests);
            answered
        }
        "PutRecords" => {
            put_records(into, &of, tally);
            // It succeeds where one of its records does: then it has bytes.
            bytes.count()
        }
        "GetRecords" => {
            let age = tally.measured("Age").samples();
            into.put("GetRecords.IteratorAgeMilliseconds", &of, StandardUnit::Milliseconds, age);
            into.put("GetRecords.Records", &of, StandardUnit::Count, records.samples());
            into.rate("ReadProvisionedThroughputExceeded", &of, tally.throttled, tally.requests);
            answered
        }
        _ => return,
    };
    if operation != "GetRecords" {
        into.put("IncomingBytes", &of, StandardUnit::Bytes, bytes.samples());
        into.put("IncomingRecords", &of, StandardUnit::Count, records.samples());
    }
    into.put(&named("Bytes"), &of, StandardUnit::Bytes, bytes.samples());
    into.put(&named("Latency"), &of, StandardUnit::Milliseconds, tally.latency().samples());
    into.share(&named("Success"), &of, succeeded, number(tally.requests));
}

/// What became of the records of requests that put many. None fails alone but for want of throughput.
fn put_records(into: &mut Collector<'_>, of: &[(&str, &str)], tally: &Tally) {
    let (total, throttled) = (tally.measured("Total"), tally.measured("Throttled"));
    for (name, spread) in [
        ("PutRecords.TotalRecords", total),
        ("PutRecords.SuccessfulRecords", tally.measured("Records")),
        ("PutRecords.ThrottledRecords", throttled),
        ("PutRecords.FailedRecords", total.zeros()),
        ("WriteProvisionedThroughputExceeded", throttled),
    ] {
        into.put(name, of, StandardUnit::Count, spread.samples());
    }
}

/// The unit of what is measured of shards and consumers.
pub(super) fn unit(metric: &str) -> StandardUnit {
    match metric {
        "IncomingBytes" | "OutgoingBytes" | "SubscribeToShardEvent.Bytes" => StandardUnit::Bytes,
        "IteratorAgeMilliseconds" | "SubscribeToShardEvent.MillisBehindLatest" => StandardUnit::Milliseconds,
        _ => StandardUnit::Count,
    }
}

#[cfg(test)]
mod tests {
    use kurodo_arn::{AccountId, Region};
    use kurodo_gateway::{Measured, Observer as _, Seen};

    use super::*;
    use crate::{Summary, figures::Figures};

    const ARN: &str = "arn:aws:kinesis:us-east-1:1:stream/s";

    /// What is told of account 1, by the metric's name, dimensions and unit.
    fn told(figures: &Figures) -> Vec<(String, Vec<String>, StandardUnit, Summary)> {
        let all = figures.take(AccountId::new(1).unwrap());
        let own = all.into_iter().filter(|(_, namespace, _)| *namespace == "AWS/Kinesis");
        let told = own.flat_map(|(.., figures)| figures).map(|figure| {
            let (datum, metric) = figure.datum(0);
            let dimensions =
                metric.dimensions.iter().map(|(name, value)| format!("{name}={value}")).collect();
            (metric.name, dimensions, figure.unit(), datum.samples)
        });
        told.collect()
    }

    /// Count, sum and the least of a metric; the unit.
    fn of(
        figures: &[(String, Vec<String>, StandardUnit, Summary)],
        name: &str,
    ) -> (f64, f64, f64, StandardUnit) {
        let found: Vec<_> = figures.iter().filter(|(own, ..)| own == name).collect();
        let [(_, dimensions, unit, samples)] = found.as_slice() else { panic!("{name}: {found:?}") };
        assert_eq!(*dimensions, ["StreamName=s"]);
        (samples.count, samples.sum, samples.minimum, *unit)
    }

    fn seen<'a>(
        region: &'a Region,
        operation: &'static str,
        code: Option<&'a str>,
        measures: &'a [(&'static str, f64)],
    ) -> Seen<'a> {
        Seen {
            service: "kinesis",
            operation,
            account: AccountId::new(1),
            region,
            resource: Some(ARN),
            decisions: 1,
            denial: None,
            status: if code.is_some() { 400 } else { 200 },
            code,
            measures,
            bytes_in: 0,
            duration: std::time::Duration::from_millis(2),
            thought: std::time::Duration::ZERO,
        }
    }

    #[test]
    fn what_is_throttled_is_neither_a_failure_nor_left_out() {
        let (figures, region) = (Figures::default(), "us-east-1".parse::<Region>().unwrap());
        let put = |measures| figures.seen(&seen(&region, "PutRecords", None, measures));
        put(&[("Total", 5.0), ("Records", 4.0), ("Throttled", 1.0), ("Bytes", 30.0)]);
        put(&[("Total", 4.0), ("Records", 0.0), ("Throttled", 4.0)]);
        let found = told(&figures);
        let (count, bytes) = (StandardUnit::Count, StandardUnit::Bytes);
        assert_eq!(of(&found, "PutRecords.Success"), (2.0, 1.0, 0.0, count));
        assert_eq!(of(&found, "PutRecords.TotalRecords"), (2.0, 9.0, 4.0, count));
        assert_eq!(of(&found, "PutRecords.SuccessfulRecords"), (2.0, 4.0, 0.0, count));
        assert_eq!(of(&found, "PutRecords.ThrottledRecords"), (2.0, 5.0, 1.0, count));
        assert_eq!(of(&found, "PutRecords.FailedRecords"), (2.0, 0.0, 0.0, count));
        assert_eq!(of(&found, "WriteProvisionedThroughputExceeded"), (2.0, 5.0, 1.0, count));
        assert_eq!(of(&found, "IncomingBytes"), (1.0, 30.0, 30.0, bytes));
        assert_eq!(of(&found, "PutRecords.Latency").3, StandardUnit::Milliseconds);
    }

    #[test]
    fn single_requests_are_ones_and_zeros() {
        let (figures, region) = (Figures::default(), "us-east-1".parse::<Region>().unwrap());
        let throttled = Some("ProvisionedThroughputExceededException");
        let page = [("Bytes", 8.0), ("Records", 2.0), ("Age", 70.0)];
        for code in [None, throttled, None, None] {
            let measures = if code.is_some() { &[][..] } else { &page };
            figures.seen(&seen(&region, "GetRecords", code, measures));
            figures.seen(&seen(&region, "PutRecord", code, measures.get(..2).unwrap_or_default()));
        }
        let found = told(&figures);
        let count = StandardUnit::Count;
        for (name, sum) in [
            ("ReadProvisionedThroughputExceeded", 1.0),
            ("WriteProvisionedThroughputExceeded", 1.0),
            ("GetRecords.Success", 3.0),
            ("PutRecord.Success", 3.0),
        ] {
            assert_eq!(of(&found, name), (4.0, sum, 0.0, count), "{name}");
        }
        assert_eq!(of(&found, "GetRecords.Records"), (3.0, 6.0, 2.0, count));
        let age = of(&found, "GetRecords.IteratorAgeMilliseconds");
        assert_eq!(age, (3.0, 210.0, 70.0, StandardUnit::Milliseconds));
    }

    #[test]
    fn shards_and_consumers_have_dimensions_and_units_of_their_own() {
        let (figures, region) = (Figures::default(), "us-east-1".parse::<Region>().unwrap());
        let measured = |dimension, metric, value| {
            figures.measured(&Measured {
                service: "kinesis",
                account: AccountId::new(1).unwrap(),
                region: &region,
                resource: "s",
                dimension: Some(dimension),
                metric,
                value,
            });
        };
        let all = [
            ("IncomingBytes", StandardUnit::Bytes),
            ("IncomingRecords", StandardUnit::Count),
            ("OutgoingBytes", StandardUnit::Bytes),
            ("OutgoingRecords", StandardUnit::Count),
            ("WriteProvisionedThroughputExceeded", StandardUnit::Count),
            ("ReadProvisionedThroughputExceeded", StandardUnit::Count),
            ("IteratorAgeMilliseconds", StandardUnit::Milliseconds),
            ("SubscribeToShardEvent.Bytes", StandardUnit::Bytes),
            ("SubscribeToShardEvent.MillisBehindLatest", StandardUnit::Milliseconds),
            ("SubscribeToShardEvent.Success", StandardUnit::Count),
        ];
        for (metric, _) in all {
            measured(("ShardId", "shardId-000000000001"), metric, 2.0);
            measured(("ShardId", "shardId-000000000001"), metric, 4.0);
            measured(("ShardId", "shardId-000000000002"), metric, 8.0);
        }
        let found = told(&figures);
        assert_eq!(found.len(), 2 * all.len());
        for (name, unit) in all {
            let shard = |number, count, sum| {
                let dimensions =
                    vec![format!("ShardId=shardId-00000000000{number}"), "StreamName=s".to_owned()];
                let one = |(own, of, its, samples): &(String, Vec<String>, StandardUnit, Summary)| {
                    (own == name && *of == dimensions).then_some((*its, samples.count, samples.sum))
                };
                assert_eq!(found.iter().find_map(one), Some((unit, count, sum)), "{name}");
            };
            shard(1, 2.0, 6.0);
            shard(2, 1.0, 8.0);
        }
    }
}
