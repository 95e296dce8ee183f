//! What CloudWatch shows of single shards, and of consumers that are pushed records.
//!
//! Of shards it is told what EnableEnhancedMonitoring named, as the stream's definition has it at that moment; nothing else
//! is even counted. What it shows of streams as a whole is made of the requests themselves.
//!
//! Source: Kinesis Data Streams Developer Guide, "Monitor the Amazon Kinesis Data Streams service with Amazon CloudWatch".

use std::{collections::BTreeMap, sync::Arc};

use kurodo_gateway::{Measured, Observer};

use crate::{
    Error,
    definition::Definition,
    facts::StreamFacts,
    model::MetricsName::{self, *},
    names::StreamName,
    read::Page,
    shard::ShardId,
};

/// Who is told of shards and consumers.
#[derive(Clone)]
pub(crate) struct Figures(Arc<dyn Observer>);

/// A shard of a stream, as its figures go by it.
#[derive(Clone, Copy)]
pub(crate) struct OfShard<'a> {
    pub(crate) stream: &'a StreamName,
    pub(crate) definition: &'a Definition,
    pub(crate) shard: u32,
}

/// What a shard took of one put, and how many records it refused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Put {
    pub(crate) records: usize,
    pub(crate) bytes: usize,
    pub(crate) refused: usize,
}

/// What a shard gave at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Given {
    pub(crate) records: usize,
    pub(crate) bytes: usize,
}

impl From<&Page> for Given {
    fn from(page: &Page) -> Self {
        Self { records: page.records.len(), bytes: page.bytes }
    }
}

impl StreamFacts {
    /// A shard of the stream, as its figures go by it.
    pub(crate) fn shard(&self, shard: u32) -> OfShard<'_> {
        OfShard { stream: &self.name, definition: &self.definition, shard }
    }
}

impl Figures {
    /// Figures of which this one is told.
    pub(crate) fn new(observer: Arc<dyn Observer>) -> Self {
        Self(observer)
    }

    /// A shard took, or refused, records of a put.
    pub(crate) fn put(&self, of: OfShard<'_>, put: Put) {
        let refused = (WriteProvisionedThroughputExceeded, number(put.refused));
        let taken = [(IncomingBytes, number(put.bytes)), (IncomingRecords, number(put.records)), refused];
        // Bytes and records are those of puts that succeeded.
        self.shard(of, if put.records > 0 { &taken } else { taken.get(2..).unwrap_or_default() });
    }

    /// The shards of a stream took these records of a put, and refused the others.
    pub(crate) fn put_all(&self, facts: &StreamFacts, records: impl Iterator<Item = (u32, usize, bool)>) {
        if facts.definition.metrics.is_empty() {
            return;
        }
        for (shard, put) in by_shard(records) {
            self.put(facts.shard(shard), put);
        }
    }

    /// A shard answered a call; the last record was put so many milliseconds ago.
    pub(crate) fn got(&self, of: OfShard<'_>, given: Given, age: u64) {
        self.given(of, given);
        self.shard(
            of,
            &[(IteratorAgeMilliseconds, milliseconds(age)), (ReadProvisionedThroughputExceeded, 0.0)],
        );
    }

    /// A shard did not answer a call, since there were too many.
    pub(crate) fn not_answered(&self, of: OfShard<'_>) {
        self.shard(of, &[(ReadProvisionedThroughputExceeded, 1.0)]);
    }

    /// A consumer is pushed an event, whose records are so many milliseconds behind the newest one.
    pub(crate) fn pushed(&self, of: OfShard<'_>, consumer: &str, given: Given, behind: u64) {
        self.given(of, given);
        for (metric, value) in [
            ("SubscribeToShardEvent.Bytes", number(given.bytes)),
            ("SubscribeToShardEvent.MillisBehindLatest", milliseconds(behind)),
            ("SubscribeToShardEvent.Records", number(given.records)),
            ("SubscribeToShardEvent.Success", 1.0),
        ] {
            self.consumer(of.stream, consumer, metric, value);
        }
    }

    /// A consumer subscribed to a shard, or could not.
    pub(crate) fn subscribed<T>(&self, stream: &StreamName, consumer: &str, begun: &Result<T, Error>) {
        if matches!(begun, Err(Error::InUse(_))) {
            self.consumer(stream, consumer, "SubscribeToShard.RateExceeded", 1.0);
        }
        let success = if begun.is_ok() { 1.0 } else { 0.0 };
        self.consumer(stream, consumer, "SubscribeToShard.Success", success);
    }

    fn given(&self, of: OfShard<'_>, given: Given) {
        self.shard(of, &[(OutgoingBytes, number(given.bytes)), (OutgoingRecords, number(given.records))]);
    }

    /// Tells those figures of a shard that were asked for.
    fn shard(&self, of: OfShard<'_>, figures: &[(MetricsName, f64)]) {
        let wanted = &of.definition.metrics;
        if wanted.is_empty() {
            return;
        }
        let id = ShardId(of.shard).to_string();
        for (metric, value) in figures {
            let metric = metric.as_str();
            if wanted.iter().any(|name| name == metric) {
                self.tell(of.stream, ("ShardId", &id), metric, *value);
            }
        }
    }

    fn consumer(&self, stream: &StreamName, name: &str, metric: &'static str, value: f64) {
        self.tell(stream, ("ConsumerName", name), metric, value);
    }

    fn tell(&self, stream: &StreamName, dimension: (&'static str, &str), metric: &'static str, value: f64) {
        let StreamName { region, account, name } = stream;
        self.0.measured(&Measured {
            service: "kinesis",
            account: *account,
            region,
            resource: name,
            dimension: Some(dimension),
            metric,
            value,
        });
    }
}

/// What each shard took and refused, of records with their shard, their bytes and whether they were taken.
fn by_shard(records: impl Iterator<Item = (u32, usize, bool)>) -> BTreeMap<u32, Put> {
    let mut shards = BTreeMap::<u32, Put>::new();
    for (shard, bytes, taken) in records {
        let put = shards.entry(shard).or_default();
        if taken {
            put.records += 1;
            put.bytes += bytes;
        } else {
            put.refused += 1;
        }
    }
    shards
}

#[expect(clippy::cast_precision_loss, reason = "counts and sizes of one request are exact in a double")]
fn number(count: usize) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "no record is older than a year")]
fn milliseconds(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use kurodo_gateway::{Seen, Watcher};

    use super::*;

    /// Remembers what it is told: metric, dimension and value.
    #[derive(Default)]
    struct Told(Mutex<Vec<(&'static str, String, f64)>>);

    impl Observer for Told {
        fn seen(&self, _: &Seen<'_>) -> Option<Arc<dyn Watcher>> {
            None
        }
        fn measured(&self, measured: &Measured<'_>) {
            let Measured { service, resource, dimension, metric, value, .. } = *measured;
            assert_eq!((service, resource), ("kinesis", "orders"));
            let (name, of) = dimension.unwrap();
            self.0.lock().unwrap().push((metric, format!("{name} {of}"), value));
        }
    }

    /// What is told of a stream with these metrics while something is done.
    fn told(
        metrics: &[MetricsName],
        act: impl Fn(&Figures, OfShard<'_>),
    ) -> Vec<(&'static str, String, f64)> {
        let arn = "arn:aws:kinesis:us-east-1:111122223333:stream/orders";
        let stream = StreamName::from_arn(&"us-east-1".parse().unwrap(), arn).unwrap();
        let mut definition = Definition::new(1, 2, false, 0);
        definition.metrics = metrics.iter().map(|metric| metric.as_str().to_owned()).collect();
        let told = Arc::new(Told::default());
        act(
            &Figures::new(Arc::clone(&told) as _),
            OfShard { stream: &stream, definition: &definition, shard: 1 },
        );
        std::mem::take(&mut *told.0.lock().unwrap())
    }

    const PUT: Put = Put { records: 2, bytes: 30, refused: 1 };
    const GIVEN: Given = Given { records: 3, bytes: 40 };

    fn everything(figures: &Figures, of: OfShard<'_>) {
        figures.put(of, PUT);
        figures.got(of, GIVEN, 500);
        figures.not_answered(of);
    }

    #[test]
    fn of_a_shard_is_told_what_was_asked_for_and_nothing_else() {
        let shard = || "ShardId shardId-000000000001".to_owned();
        assert_eq!(told(&[], everything), []);
        assert_eq!(told(&[IncomingBytes], everything), [("IncomingBytes", shard(), 30.0)]);
        let all: Vec<_> = MetricsName::ALL.iter().copied().filter(|one| *one != All).collect();
        let expected = [
            (IncomingBytes, 30.0),
            (IncomingRecords, 2.0),
            (WriteProvisionedThroughputExceeded, 1.0),
            (OutgoingBytes, 40.0),
            (OutgoingRecords, 3.0),
            (IteratorAgeMilliseconds, 500.0),
            (ReadProvisionedThroughputExceeded, 0.0),
            (ReadProvisionedThroughputExceeded, 1.0),
        ];
        assert_eq!(told(&all, everything), expected.map(|(metric, value)| (metric.as_str(), shard(), value)));
    }

    #[test]
    fn a_put_of_which_nothing_was_taken_has_no_bytes() {
        let refused =
            |figures: &Figures, of: OfShard<'_>| figures.put(of, Put { refused: 4, ..Put::default() });
        let found = told(&[IncomingBytes, IncomingRecords, WriteProvisionedThroughputExceeded], refused);
        assert_eq!(found.iter().map(|(_, _, value)| *value).collect::<Vec<_>>(), [4.0]);
    }

    #[test]
    fn a_put_is_told_of_each_of_its_shards() {
        let records = [(1, 10, true), (0, 5, false), (1, 20, true), (1, 7, false)];
        let expected = [(0, Put { refused: 1, ..Put::default() }), (1, PUT)];
        assert_eq!(by_shard(records.into_iter()), expected.into());
    }

    #[test]
    fn of_a_consumer_everything_is_told_and_of_the_shard_what_was_asked_for() {
        let pushed = |figures: &Figures, of: OfShard<'_>| figures.pushed(of, "c", GIVEN, 9);
        let expected = [
            ("OutgoingRecords", "ShardId shardId-000000000001", 3.0),
            ("SubscribeToShardEvent.Bytes", "ConsumerName c", 40.0),
            ("SubscribeToShardEvent.MillisBehindLatest", "ConsumerName c", 9.0),
            ("SubscribeToShardEvent.Records", "ConsumerName c", 3.0),
            ("SubscribeToShardEvent.Success", "ConsumerName c", 1.0),
        ];
        let expected = expected.map(|(metric, of, value)| (metric, of.to_owned(), value));
        assert_eq!(told(&[OutgoingRecords], pushed), expected);
        assert_eq!(told(&[], pushed), expected[1..]);
    }

    #[test]
    fn a_subscription_that_is_taken_is_a_rate_exceeded() {
        let found = |begun: fn() -> Result<(), Error>| {
            let told = told(&[], |figures, of| figures.subscribed(of.stream, "c", &begun()));
            told.into_iter().map(|(metric, _, value)| (metric, value)).collect::<Vec<_>>()
        };
        assert_eq!(found(|| Ok(())), [("SubscribeToShard.Success", 1.0)]);
        assert_eq!(found(|| Err(Error::NotFound(String::new()))), [("SubscribeToShard.Success", 0.0)]);
        let taken = [("SubscribeToShard.RateExceeded", 1.0), ("SubscribeToShard.Success", 0.0)];
        assert_eq!(found(|| Err(Error::InUse(String::new()))), taken);
    }
}
