use std::collections::{BTreeMap, HashMap, HashSet};

use kurodo_store::{Reader, Scan};

use super::{KEPT, MetricId, MetricName, Summary, Tier, read_entry, summary::MOST_IN_MEMORY, unit_of};
use crate::{Error, layout, model::StandardUnit};

/// The periods of a question: from one second to another, and how long each is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) period: i64,
}

impl Range {
    /// The periods of these bounds, the start rounded down as AWS does: to the second's part of a minute that the
    /// period is, the minute, five minutes or the hour, by age.
    ///
    /// Source: CloudWatch API Reference, GetMetricStatistics, "StartTime".
    pub(crate) fn new(start: i64, end: i64, period: i64, now: i64) -> Self {
        let grain = match Tier::Second.at(start, now) {
            Tier::Second | Tier::Minute if period < 60 => period,
            Tier::Second | Tier::Minute => 60,
            coarse => coarse.seconds(),
        };
        Self { start: start - start.rem_euclid(grain), end, period }
    }

    /// When the period of this second begins.
    fn slot(&self, time: i64) -> i64 {
        time - (time - self.start).rem_euclid(self.period)
    }
}

/// Samples by period.
pub(crate) type Slots = BTreeMap<i64, Summary>;

/// What was put before it was merged, of one namespace.
type Waiting = HashMap<(MetricId, u8), Vec<(Tier, i64, Summary)>>;

/// Reads data from one state of the store: those that were merged, and those that wait for it.
pub(crate) struct View<'r> {
    reader: &'r Reader<'r>,
    now: i64,
    waiting: HashMap<String, Waiting>,
}

impl<'r> View<'r> {
    /// What this reader of a region's metrics sees now, in seconds since 1970.
    pub(crate) fn new(reader: &'r Reader<'r>, now: i64) -> Self {
        Self { reader, now, waiting: HashMap::new() }
    }

    /// When it is.
    pub(crate) fn now(&self) -> i64 {
        self.now
    }

    /// The reader.
    pub(crate) fn reader(&self) -> &'r Reader<'r> {
        self.reader
    }

    /// The samples of a metric by unit and period; those of one unit, where one is asked for. Data that are coarser
    /// than the period are not told.
    pub(crate) fn read(
        &mut self,
        namespace: &str,
        metric: &MetricName,
        unit: Option<StandardUnit>,
        range: Range,
    ) -> Result<BTreeMap<StandardUnit, Slots>, Error> {
        let id = metric.id();
        let mut found = BTreeMap::new();
        for number in self.units(namespace, metric, id)? {
            let Some(known) = unit_of(number).filter(|known| unit.is_none_or(|unit| unit == *known)) else {
                continue;
            };
            let slots = self.slots(namespace, id, number, range)?;
            if !slots.is_empty() {
                found.insert(known, slots);
            }
        }
        Ok(found)
    }

    /// The units that the metric was put with.
    fn units(&self, namespace: &str, metric: &MetricName, id: MetricId) -> Result<HashSet<u8>, Error> {
        let mut prefix = [&layout::within(namespace)[..], &layout::named(&metric.name)].concat();
        prefix.extend_from_slice(&id);
        let records = self.reader.scan(&Scan::within(prefix))?;
        Ok(records.iter().filter_map(|record| record.key.last().copied()).collect())
    }

    fn slots(&mut self, namespace: &str, id: MetricId, unit: u8, range: Range) -> Result<Slots, Error> {
        let mut slots = Slots::new();
        let now = self.now;
        let mut add = |tier: Tier, time: i64, samples: &Summary| {
            let fits = range.period % tier.at(time, now).seconds() == 0;
            if fits && time >= range.start && time < range.end && now - time <= KEPT {
                let slot = slots.entry(range.slot(time));
                slot.and_modify(|all| all.merge_within(samples, MOST_IN_MEMORY))
                    .or_insert_with(|| samples.clone());
            }
        };
        for tier in Tier::ALL.into_iter().filter(|tier| range.period % tier.seconds() == 0) {
            let within = [&layout::within(namespace)[..], &layout::tier(id, unit, tier)].concat();
            let from = layout::bucket(id, unit, tier, range.start.max(0));
            let from = [&layout::within(namespace)[..], &from].concat();
            for record in self.reader.cursor(&Scan::within(&within).from(from))? {
                let record = record?;
                let time = record.key.last_chunk().map(|bytes| u64::from_be_bytes(*bytes));
                let time = time.and_then(|time| i64::try_from(time).ok()).ok_or(Error::Damaged("a time"))?;
                if time >= range.end {
                    break;
                }
                add(tier, time, &Summary::from_bytes(&record.value).ok_or(Error::Damaged("samples"))?);
            }
        }
        for (tier, time, samples) in self.waiting(namespace)?.get(&(id, unit)).into_iter().flatten() {
            add(*tier, tier.start(*time), samples);
        }
        Ok(slots)
    }

    fn waiting(&mut self, namespace: &str) -> Result<&Waiting, Error> {
        if !self.waiting.contains_key(namespace) {
            let prefix = [&layout::within(namespace)[..], &layout::inbox()].concat();
            let mut waiting = Waiting::new();
            for record in self.reader.cursor(&Scan::within(prefix))? {
                for datum in read_entry(&record?.value).ok_or(Error::Damaged("data that were put"))? {
                    let of = waiting.entry((datum.metric, datum.unit)).or_default();
                    of.push((datum.tier.at(datum.time, self.now), datum.time, datum.samples));
                }
            }
            self.waiting.insert(namespace.to_owned(), waiting);
        }
        self.waiting.get(namespace).ok_or(Error::Damaged("what waits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_is_rounded_by_age_and_period() {
        let now = 100 * 86_400;
        let start = |age: i64, period| Range::new(now - age, now, period, now).start;
        assert_eq!(start(37, 10), now - 40);
        assert_eq!(start(37, 60), now - 60);
        assert_eq!(start(86_400 + 37, 300), now - 86_400 - 60);
        assert_eq!(start(20 * 86_400 + 37, 300), now - 20 * 86_400 - 300);
        assert_eq!(start(70 * 86_400 + 37, 3600), now - 70 * 86_400 - 3600);
    }
}
