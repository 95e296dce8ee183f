//! Provisioned capacity, where the operator asks for it to be enforced.
//!
//! Every table and global index has a bucket of units for reading and one for writing. It fills as fast as units are
//! provisioned, and holds what was not used in five minutes. A request is let through while there is something in it,
//! and takes what it consumed: the last one may take more than there was, and the next ones wait for it.
//!
//! Source: DynamoDB Developer Guide, "DynamoDB burst and adaptive capacity" and "Provisioned capacity mode".

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use kurodo_arn::{AccountId, Region};
use kurodo_gateway::{Measured, Observer};

use crate::{
    Error,
    attribute::{Item, item_size},
    definition::{Index, Throughput},
    facts::TableFacts,
    items::{Consumed, Written, write_units},
};

/// Seconds for which unused capacity is kept.
const BURST: f64 = 300.0;
/// The most buckets that are remembered; a bucket that is forgotten begins anew.
const MOST: usize = 1 << 16;

const TABLE: &str = "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.";
const INDEX: &str = "The level of configured provisioned throughput for one or more global secondary indexes of the table was exceeded. Consider increasing your provisioning level for the under-provisioned global secondary indexes with the UpdateTable API.";

/// What capacity is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Read,
    Write,
}

impl Kind {
    /// What CloudWatch calls what is consumed.
    ///
    /// Source: DynamoDB Developer Guide, "DynamoDB metrics and dimensions".
    fn consumed(self) -> &'static str {
        match self {
            Self::Read => "ConsumedReadCapacityUnits",
            Self::Write => "ConsumedWriteCapacityUnits",
        }
    }

    /// What it calls what is provisioned.
    fn provisioned(self) -> &'static str {
        match self {
            Self::Read => "ProvisionedReadCapacityUnits",
            Self::Write => "ProvisionedWriteCapacityUnits",
        }
    }

    /// What it calls requests that are refused since there is no more.
    fn throttled(self) -> &'static str {
        match self {
            Self::Read => "ReadThrottleEvents",
            Self::Write => "WriteThrottleEvents",
        }
    }
}

/// A global index, as figures go by it.
fn of_index(index: &Index) -> (&'static str, &str) {
    ("GlobalSecondaryIndexName", &index.name)
}

/// The items of a table, or of the index of this number; and what is done with them.
type Place = (u64, Option<u32>, Kind);

/// Units that can be consumed.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    at: Instant,
}

/// Whether capacity is enforced, and how much of it is left; and who is told what is consumed.
pub(crate) struct Meter {
    enforced: bool,
    buckets: Mutex<HashMap<Place, Bucket>>,
    observer: Arc<dyn Observer>,
}

impl Meter {
    /// A meter that enforces capacity, or lets everything through.
    pub(crate) fn new(enforced: bool, observer: Arc<dyn Observer>) -> Self {
        Self { enforced, buckets: Mutex::default(), observer }
    }

    /// How many items a search found.
    #[expect(clippy::cast_precision_loss, reason = "items of a page are few")]
    pub(crate) fn returned(&self, facts: &TableFacts, operation: &'static str, items: usize) {
        self.tell(facts, Some(("Operation", operation)), "ReturnedItemCount", items as f64);
    }

    /// How many items expired.
    #[expect(clippy::cast_precision_loss, reason = "items that expire together are few")]
    pub(crate) fn expired(&self, facts: &TableFacts, items: usize) {
        self.tell(facts, None, "TimeToLiveDeletedItemCount", items as f64);
    }

    /// A request for an item is refused, since others came before it again and again.
    pub(crate) fn conflict(&self, facts: &TableFacts) {
        self.tell(facts, None, "TransactionConflict", 1.0);
    }

    /// So many units are provisioned for a table, or for one of its global indexes.
    #[expect(clippy::cast_precision_loss, reason = "units are far below what a double counts exactly")]
    pub(crate) fn provisioned(&self, facts: &TableFacts, index: Option<&Index>, kind: Kind, units: i64) {
        self.tell(facts, index.map(of_index), kind.provisioned(), units as f64);
    }

    /// An index that is filled has so many percent of the table's items; the last of them took so many units to write.
    pub(crate) fn indexed(&self, facts: &TableFacts, index: &Index, percent: f64, units: f64) {
        self.tell(facts, Some(of_index(index)), "OnlineIndexPercentageProgress", percent);
        if units > 0.0 {
            self.tell(facts, Some(of_index(index)), "OnlineIndexConsumedWriteCapacity", units);
        }
    }

    /// Tells a figure of an account as a whole.
    pub(crate) fn tell_account(&self, account: AccountId, region: &Region, metric: &'static str, value: f64) {
        let (service, resource, dimension) = ("dynamodb", "", None);
        self.observer.measured(&Measured { service, account, region, resource, dimension, metric, value });
    }

    /// Tells a figure of a table.
    fn tell(
        &self,
        facts: &TableFacts,
        dimension: Option<(&'static str, &str)>,
        metric: &'static str,
        value: f64,
    ) {
        let TableFacts { region, account, name, .. } = facts;
        self.observer.measured(&Measured {
            service: "dynamodb",
            account: *account,
            region,
            resource: name,
            dimension,
            metric,
            value,
        });
    }

    /// That something may be read, from the table or from one of its indexes.
    pub(crate) fn admit_read(&self, facts: &TableFacts, index: Option<&Index>) -> Result<(), Error> {
        match index.filter(|index| index.global) {
            Some(index) => self.admit(facts, Some(index), Kind::Read),
            None => self.admit(facts, None, Kind::Read),
        }
    }

    /// That something may be written. Indexes must keep up with it.
    pub(crate) fn admit_write(&self, facts: &TableFacts) -> Result<(), Error> {
        self.admit(facts, None, Kind::Write)?;
        facts.definition.indexes_of(true).try_for_each(|index| self.admit(facts, Some(index), Kind::Write))
    }

    fn admit(&self, facts: &TableFacts, index: Option<&Index>, kind: Kind) -> Result<(), Error> {
        let message = if index.is_some() { INDEX } else { TABLE };
        match self.limit(facts, index, kind) {
            Some((place, rate)) if self.take(place, rate, 0.0, Instant::now()) <= 0.0 => {
                self.tell(facts, index.map(of_index), kind.throttled(), 1.0);
                Err(Error::ThroughputExceeded(message.to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// Takes what a request consumed.
    pub(crate) fn charge(&self, facts: &TableFacts, kind: Kind, consumed: &Consumed) {
        let own = consumed.table + consumed.local.values().sum::<f64>();
        let now = Instant::now();
        if own > 0.0 {
            self.tell(facts, None, kind.consumed(), own);
        }
        if let Some((place, rate)) = self.limit(facts, None, kind) {
            self.take(place, rate, own, now);
        }
        for index in facts.definition.indexes_of(true) {
            let units = consumed.global.get(&index.name).copied().unwrap_or_default();
            if units > 0.0 {
                self.tell(facts, Some(of_index(index)), kind.consumed(), units);
            }
            if let Some((place, rate)) = self.limit(facts, Some(index), kind) {
                self.take(place, rate, units, now);
            }
        }
    }

    /// Takes what a write consumed whose condition does not hold: what the item takes to be written as it is. Its
    /// indexes are left alone.
    ///
    /// Source: DynamoDB Developer Guide, "DynamoDB read and write operations", "Write operations".
    pub(crate) fn charge_failed(&self, facts: &TableFacts, old: Option<&Item>) {
        let units = write_units(old.map_or(0, item_size));
        self.charge(facts, Kind::Write, &Consumed { table: units, ..Consumed::default() });
    }

    /// Takes what a write consumed.
    pub(crate) fn charge_written(&self, facts: &TableFacts, written: &Written) {
        self.charge(facts, Kind::Write, &Consumed::written(facts, written));
    }

    /// The bucket, and units per second; `None` where there is no limit.
    fn limit(&self, facts: &TableFacts, index: Option<&Index>, kind: Kind) -> Option<(Place, i64)> {
        let definition = &facts.definition;
        if !self.enforced || definition.on_demand {
            return None;
        }
        let Throughput { read, write, .. } = index.map_or(definition.throughput, |index| index.throughput);
        let rate = if kind == Kind::Read { read } else { write };
        Some(((definition.contents, index.map(|index| index.number), kind), rate))
    }

    /// Takes these units, and tells what is left.
    #[expect(clippy::cast_precision_loss, reason = "units are far below what a double counts exactly")]
    fn take(&self, place: Place, rate: i64, units: f64, now: Instant) -> f64 {
        let rate = rate as f64;
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST {
            buckets.clear();
        }
        let bucket = buckets.entry(place).or_insert(Bucket { left: rate, at: now });
        let gained = rate * now.saturating_duration_since(bucket.at).as_secs_f64();
        *bucket = Bucket { left: (bucket.left + gained).min(rate * BURST) - units, at: now };
        bucket.left
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use kurodo_gateway::{Seen, Watcher};

    use super::*;

    struct Nobody;

    impl Observer for Nobody {
        fn seen(&self, _: &Seen<'_>) -> Option<Arc<dyn Watcher>> {
            None
        }
        fn measured(&self, _: &Measured<'_>) {}
    }

    #[test]
    fn unused_capacity_is_kept_for_five_minutes_and_no_longer() {
        let (meter, begin) = (Meter::new(true, Arc::new(Nobody)), Instant::now());
        let left = |seconds, units| {
            meter.take((1, None, Kind::Read), 10, units, begin + Duration::from_secs(seconds))
        };
        assert!((left(0, 0.0) - 10.0).abs() < 1e-9);
        assert!((left(0, 25.0) + 15.0).abs() < 1e-9);
        assert!(left(1, 0.0) < 0.0);
        assert!((left(2, 0.0) - 5.0).abs() < 1e-9);
        assert!((left(100_000, 0.0) - 3000.0).abs() < 1e-9);
    }

    #[test]
    fn each_table_and_index_has_its_own() {
        let (meter, now) = (Meter::new(true, Arc::new(Nobody)), Instant::now());
        assert!(meter.take((1, None, Kind::Write), 1, 5.0, now) < 0.0);
        assert!(meter.take((1, Some(0), Kind::Write), 1, 0.0, now) > 0.0);
        assert!(meter.take((1, None, Kind::Read), 1, 0.0, now) > 0.0);
        assert!(meter.take((2, None, Kind::Write), 1, 0.0, now) > 0.0);
    }
}
