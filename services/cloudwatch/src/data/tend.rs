//! What the chores do with data: merge what was put, and make it coarser as it grows older.

use std::collections::BTreeMap;

use kurodo_store::{Reader, Record, Scan, StoreError, Transaction, Version, Writer, after_prefix};

use super::{KEPT, Known, Summary, Tier, read_entry};
use crate::{
    Error,
    layout::{self, Bucket as Place},
};

/// Records of what was put that are merged together.
const ENTRIES: usize = 64;
/// Buckets that are made coarser together.
const BUCKETS: usize = 500;

/// Samples that go into buckets, with what was in them.
#[derive(Default)]
struct Buckets(BTreeMap<Place, (Option<Version>, Option<Summary>)>);

impl Buckets {
    /// Adds samples to what is in the bucket.
    fn add(&mut self, reader: &Reader<'_>, place: Place, samples: &Summary) -> Result<(), Error> {
        let slot = match self.0.entry(place) {
            std::collections::btree_map::Entry::Occupied(slot) => slot.into_mut(),
            std::collections::btree_map::Entry::Vacant(slot) => {
                let (metric, unit, tier, time) = place;
                let found = reader.get(layout::bucket(metric, unit, tier, time))?;
                let version = found.as_ref().map(|found| found.version);
                let old =
                    found.map(|found| Summary::from_bytes(&found.value).ok_or(Error::Damaged("samples")));
                slot.insert((version, old.transpose()?))
            }
        };
        match &mut slot.1 {
            Some(all) => all.merge(samples),
            none => *none = Some(samples.clone()),
        }
        Ok(())
    }

    /// Writes them all, if nobody did meanwhile.
    fn stage(&self, transaction: &mut Transaction<'_>) {
        for ((metric, unit, tier, time), (version, samples)) in &self.0 {
            let key = layout::bucket(*metric, *unit, *tier, *time);
            match version {
                Some(version) => transaction.expect_version(&key, *version),
                None => transaction.expect_absent(&key),
            };
            if let Some(samples) = samples {
                transaction.put(&key, samples.to_bytes());
            }
        }
    }
}

/// Takes records away, if they are still what they were.
fn take(transaction: &mut Transaction<'_>, record: &Record) {
    transaction.expect_version(&record.key, record.version);
    transaction.delete(&record.key);
}

/// Whether it was written; not, where somebody else was first.
async fn written(transaction: Transaction<'_>) -> Result<bool, Error> {
    match transaction.commit().await {
        Ok(_) => Ok(true),
        Err(StoreError::Conflict(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Merges some of what was put into a namespace into what was put before. Whether there may be more.
pub(crate) async fn merge(writer: &Writer<'_>, now: i64) -> Result<bool, Error> {
    let entries = writer.scan(&Scan::within(layout::inbox()).limit(ENTRIES))?;
    let (mut buckets, mut transaction) = (Buckets::default(), writer.transaction());
    for entry in &entries {
        for datum in read_entry(&entry.value).ok_or(Error::Damaged("data that were put"))? {
            let tier = datum.tier.at(datum.time, now);
            let place = (datum.metric, datum.unit, tier, tier.start(datum.time));
            buckets.add(writer, place, &datum.samples)?;
        }
        take(&mut transaction, entry);
    }
    buckets.stage(&mut transaction);
    let written = written(transaction).await?;
    Ok(!written || entries.len() == ENTRIES)
}

/// A place among the data of a namespace: after it, nothing was looked at yet.
pub(crate) type Mark = Vec<u8>;

/// The first metric after a mark with data that are too old for how fine they are, among so many series.
pub(crate) fn rollable(
    reader: &Reader<'_>,
    namespace: &[u8],
    after: &Mark,
    now: i64,
    most: usize,
) -> Result<(Option<Place>, Mark), Error> {
    let within = [namespace, &layout::data()].concat();
    let mut cursor = reader.cursor(&Scan::within(&within))?;
    if !after.is_empty() {
        cursor.seek(&[namespace, after].concat())?;
    }
    for _ in 0..most {
        let Some(record) = cursor.next().transpose()? else { return Ok((None, Mark::new())) };
        let key = record.key.get(namespace.len()..).unwrap_or_default();
        let place = layout::parse_bucket(key).ok_or(Error::Damaged("the key of a bucket"))?;
        let (metric, unit, tier, time) = place;
        // The first of a series is its oldest.
        if is_old(tier, time, now) {
            return Ok((Some(place), key.to_vec()));
        }
        let Some(next) = after_prefix(&layout::tier(metric, unit, tier)) else {
            return Ok((None, Mark::new()));
        };
        cursor.seek(&[namespace, &next].concat())?;
    }
    let next = cursor.next().transpose()?.map(|record| record.key);
    let next = next.and_then(|key| key.get(namespace.len()..).map(<[u8]>::to_vec));
    Ok((None, next.unwrap_or_default()))
}

/// Whether data of this tier are too old for it; all that go into one coarser bucket grow old together.
fn is_old(tier: Tier, time: i64, now: i64) -> bool {
    let (start, length) = match tier.next() {
        Some(next) => (next.start(time), next.seconds()),
        None => (time, tier.seconds()),
    };
    start + length < now - tier.age()
}

/// Makes some of the data of a series coarser, or deletes them at the end of their time.
pub(crate) async fn roll_up(writer: &Writer<'_>, series: Place, now: i64) -> Result<(), Error> {
    let (metric, unit, tier, _) = series;
    let old = writer.scan(&Scan::within(layout::tier(metric, unit, tier)).limit(BUCKETS))?;
    let (mut buckets, mut transaction) = (Buckets::default(), writer.transaction());
    for record in &old {
        let (.., time) = layout::parse_bucket(&record.key).ok_or(Error::Damaged("the key of a bucket"))?;
        if !is_old(tier, time, now) {
            break;
        }
        if let Some(next) = tier.next().filter(|_| now - time <= KEPT) {
            let next = next.at(time, now);
            let samples = Summary::from_bytes(&record.value).ok_or(Error::Damaged("samples"))?;
            buckets.add(writer, (metric, unit, next, next.start(time)), &samples)?;
        }
        take(&mut transaction, record);
    }
    buckets.stage(&mut transaction);
    forget(writer, &mut transaction, now)?;
    written(transaction).await?;
    Ok(())
}

/// Takes away a few metrics that nothing was put of for as long as data are kept.
fn forget(reader: &Reader<'_>, transaction: &mut Transaction<'_>, now: i64) -> Result<(), Error> {
    for record in reader.scan(&Scan::within(layout::names()).limit(BUCKETS))? {
        let known: Known = serde_json::from_slice(&record.value).map_err(|_| Error::Damaged("a metric"))?;
        if now - known.seen > KEPT + Known::STALE {
            take(transaction, &record);
        }
    }
    Ok(())
}
