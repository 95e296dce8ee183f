//! What was counted, as the metrics that AWS publishes of the same.

use std::collections::BTreeMap;

use kurodo_arn::{AccountId, Region};

use super::{
    Counted, Figures, Refusal, Subject, Thing, dynamodb, kinesis, logs,
    tally::{Spread, Tally, number},
    usage,
};
use crate::{
    Summary,
    data::{Datum, MetricName, Tier, unit_number},
    model::StandardUnit,
};

/// A metric, and what was counted of it.
#[derive(Debug)]
pub(crate) struct Figure {
    metric: MetricName,
    unit: StandardUnit,
    samples: Summary,
}

impl Figure {
    #[cfg(test)]
    pub(crate) fn name(&self) -> &str {
        &self.metric.name
    }

    #[cfg(test)]
    pub(crate) fn unit(&self) -> StandardUnit {
        self.unit
    }

    /// The same as it is put, of this second.
    pub(crate) fn datum(&self, time: i64) -> (Datum, MetricName) {
        let (unit, samples) = (unit_number(self.unit), self.samples.clone());
        let datum = Datum { metric: self.metric.id(), unit, tier: Tier::Minute, time, samples };
        (datum, self.metric.clone())
    }
}

/// Figures by region and namespace.
type All = BTreeMap<(Region, &'static str), BTreeMap<(MetricName, &'static str), (StandardUnit, Summary)>>;

/// Collects figures; those of one metric add up.
pub(super) struct Collector<'a> {
    all: &'a mut All,
    region: &'a Region,
    namespace: &'static str,
}

impl Collector<'_> {
    /// The same for another namespace.
    pub(super) fn of(&mut self, namespace: &'static str) -> Collector<'_> {
        Collector { all: self.all, region: self.region, namespace }
    }

    pub(super) fn put(
        &mut self,
        name: &str,
        dimensions: &[(&str, &str)],
        unit: StandardUnit,
        samples: Option<Summary>,
    ) {
        let Some(samples) = samples else { return };
        let mut dimensions: Vec<_> =
            dimensions.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        dimensions.sort();
        let metric = MetricName { name: name.to_owned(), dimensions };
        let metrics = self.all.entry((self.region.clone(), self.namespace)).or_default();
        metrics
            .entry((metric, unit.as_str()))
            .and_modify(|(_, all)| all.merge(&samples))
            .or_insert((unit, samples));
    }

    /// So many requests, each of which counts one.
    pub(super) fn count(&mut self, name: &str, dimensions: &[(&str, &str)], count: u64) {
        self.ones(name, dimensions, StandardUnit::Count, count);
    }

    /// The same in another unit.
    pub(super) fn ones(&mut self, name: &str, dimensions: &[(&str, &str)], unit: StandardUnit, count: u64) {
        let samples = (count > 0).then(|| Summary::value(1.0, number(count)));
        self.put(name, dimensions, unit, samples);
    }

    /// How many of all were so: ones and zeros, whose mean is the rate.
    pub(super) fn rate(&mut self, name: &str, dimensions: &[(&str, &str)], count: u64, all: u64) {
        self.share(name, dimensions, number(count), number(all));
    }

    /// The same of counts that are numbers already.
    pub(super) fn share(&mut self, name: &str, dimensions: &[(&str, &str)], count: f64, all: f64) {
        for (value, count) in [(1.0, count), (0.0, all - count)] {
            let samples = (count > 0.0).then(|| Summary::value(value, count));
            self.put(name, dimensions, StandardUnit::Count, samples);
        }
    }
}

impl Figures {
    /// Takes what was counted of an account, by region and namespace.
    pub(crate) fn take(&self, account: AccountId) -> Vec<(Region, &'static str, Vec<Figure>)> {
        let counted = self.drain(account);
        let mut all = All::new();
        for Counted { subject, tally, .. } in counted.tallies.values() {
            let own = self.is_known(subject);
            let mut into = Collector { all: &mut all, region: &subject.region, namespace: "AWS/S3" };
            match subject.service {
                "s3" if own => s3(&mut into, subject, tally),
                "dynamodb" => dynamodb::table(&mut into.of("AWS/DynamoDB"), subject, tally, own),
                "dynamodbstreams" => dynamodb::stream(&mut into.of("AWS/DynamoDB"), subject, tally, own),
                "kinesis" if own => kinesis::stream(&mut into.of("AWS/Kinesis"), subject, tally),
                "logs" if own => logs::group(&mut into.of("AWS/Logs"), subject, tally),
                _ => {}
            }
            usage::calls(&mut into, subject, tally);
            let mut into = into.of("Kurodo");
            let service = if subject.service.is_empty() { "none" } else { subject.service };
            into.count("Requests", &[("Service", service)], tally.requests);
            into.count("Decisions", &[("Service", service)], tally.decisions);
        }
        for (thing, spread) in counted.measures.values() {
            thing.tell(&mut all, spread);
        }
        for ((_, region, refusal), count) in &counted.refusals {
            let mut into = Collector { all: &mut all, region, namespace: "Kurodo" };
            match refusal {
                Refusal::Denied(kind, policy) => {
                    into.count("Denials", &[("Reason", kind), ("PolicyType", policy)], *count);
                }
                Refusal::Unsigned(code) => into.count("SignatureFailures", &[("Code", code)], *count),
            }
        }
        let figures = all.into_iter().map(|((region, namespace), metrics)| {
            let figures =
                metrics.into_iter().map(|((metric, _), (unit, samples))| Figure { metric, unit, samples });
            (region, namespace, figures.collect())
        });
        figures.collect()
    }
}

impl Thing {
    /// What a service measured of it.
    ///
    /// Sources: S3 User Guide, "Metrics and dimensions"; and those of [`dynamodb`] and [`kinesis`].
    fn tell(&self, all: &mut All, spread: &Spread) {
        let (namespace, name, unit) = match self.service {
            "dynamodb" => ("AWS/DynamoDB", "TableName", dynamodb::unit(self.metric)),
            "s3" => ("AWS/S3", "BucketName", bucket_unit(self.metric)),
            "kinesis" => ("AWS/Kinesis", "StreamName", kinesis::unit(self.metric)),
            _ => return,
        };
        let mut into = Collector { all, region: &self.region, namespace };
        let further = self.dimension.as_ref().map(|(name, value)| (*name, &**value));
        // What is measured of an account as a whole goes by nothing.
        let own = Some((name, &*self.resource)).filter(|(_, resource)| !resource.is_empty());
        let of: Vec<_> = own.into_iter().chain(further).collect();
        into.put(self.metric, &of, unit, spread.samples());
    }
}

/// The unit of what is measured of buckets.
fn bucket_unit(metric: &str) -> StandardUnit {
    if metric == "NumberOfObjects" { StandardUnit::Count } else { StandardUnit::Bytes }
}

/// Which of S3's request metrics an operation counts for.
fn kind(operation: &str) -> &'static str {
    match operation {
        "CreateMultipartUpload" | "CompleteMultipartUpload" | "RestoreObject" => "PostRequests",
        "SelectObjectContent" => "SelectRequests",
        _ if operation.starts_with("List") => "ListRequests",
        _ if operation.starts_with("Get") => "GetRequests",
        _ if operation.starts_with("Head") => "HeadRequests",
        _ if operation.starts_with("Delete") || operation.starts_with("Abort") => "DeleteRequests",
        _ => "PutRequests",
    }
}

fn s3(into: &mut Collector<'_>, subject: &Subject, tally: &Tally) {
    let of = [("BucketName", &*subject.resource), ("FilterId", "EntireBucket")];
    into.count("AllRequests", &of, tally.requests);
    into.count(kind(subject.operation), &of, tally.requests);
    into.rate("4xxErrors", &of, tally.wrong(), tally.requests);
    into.rate("5xxErrors", &of, tally.server_errors, tally.requests);
    into.put("BytesDownloaded", &of, StandardUnit::Bytes, tally.ended.bytes.samples());
    into.put("BytesUploaded", &of, StandardUnit::Bytes, tally.bytes_in.samples());
    into.put("FirstByteLatency", &of, StandardUnit::Milliseconds, tally.latency().samples());
    into.put("TotalRequestLatency", &of, StandardUnit::Milliseconds, tally.ended.total.samples());
}
