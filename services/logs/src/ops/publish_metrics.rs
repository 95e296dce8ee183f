//! Measuring events: what metric filters tell of them becomes metrics, and what they tell themselves. What was told before the server was killed may be
//! told again when it goes on.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use kurodo_gateway::{Errand, Keeper, Progress};

use crate::{
    Error, Logs, emf,
    facts::GroupFacts,
    filter::{Block, CloudWatch, Figures, Meter, Series, takable},
    pattern::Event,
    table::chore,
};

/// Milliseconds of a minute.
const MINUTE: i64 = 60_000;
/// Events after which others have their turn.
const TURN: usize = 64;
/// Values that are told before there are more.
const MANY: usize = 100_000;

impl Keeper<chore::PublishMetrics> for Logs {
    async fn keep(&self, errand: Errand<'_, Self, chore::PublishMetrics>) -> Result<Progress, Error> {
        let ((permit, _), now) = (&errand.permits, errand.call.now_ms);
        let pending = permit.resource();
        let Some(taken) = self.take(permit, now).await? else { return Ok(Progress::More) };
        if let Some(group) = pending.facts() {
            let (caller, region) = (Arc::clone(&errand.call.caller), pending.region.clone());
            let cloudwatch = CloudWatch { relay: &self.relay, caller, region };
            let mut measuring = Measuring::of(group, now)?;
            for (put, blocks) in &taken.puts {
                for block in blocks {
                    measuring.measure(block, put.embedded, &cloudwatch).await?;
                }
            }
            measuring.tell_defaults(self);
            measuring.tell_faults();
            cloudwatch.put(&measuring.figures).await?;
            measuring.note(self);
        }
        self.finish(permit, &taken.keys).await?;
        self.pauses.end(pending.queue());
        if taken.is_full {
            self.measured.again(pending.account);
        }
        Ok(Progress::More)
    }
}

/// What the filters of a group tell of events.
struct Measuring<'g> {
    group: &'g GroupFacts,
    meters: Vec<Meter<'g>>,
    now: i64,
    figures: Figures,
    /// The minutes of events that a filter, by its place, was for, and of those that it was not for.
    told: BTreeSet<(usize, i64)>,
    silent: BTreeSet<(usize, i64)>,
    untakable: usize,
    /// Events that are documents of the embedded metric format, and are wrong.
    unparsed: u32,
    invalid: u32,
}

impl<'g> Measuring<'g> {
    fn of(group: &'g GroupFacts, now: i64) -> Result<Self, Error> {
        let filters = &group.definition.metric_filters;
        let meters = filters.iter().map(|filter| filter.compile()).collect::<Result<_, _>>()?;
        Ok(Self {
            group,
            meters,
            now,
            figures: Figures::default(),
            told: BTreeSet::new(),
            silent: BTreeSet::new(),
            untakable: 0,
            unparsed: 0,
            invalid: 0,
        })
    }

    /// Measures the events of a block; figures that become many are told meanwhile.
    async fn measure(&mut self, block: &Block, embedded: bool, to: &CloudWatch<'_>) -> Result<(), Error> {
        for (at, event) in block.events().enumerate() {
            let (time, message) = event?;
            if embedded || emf::is_likely(message) {
                match self.read(message) {
                    Ok(()) => {}
                    Err(emf::Fault::Parsing) => self.unparsed += 1,
                    Err(emf::Fault::Validation) => self.invalid += 1,
                }
            }
            self.filter(time, block.head.ingested, &Event::new(message));
            if self.figures.count() > MANY {
                to.put(&std::mem::take(&mut self.figures)).await?;
            }
            if at.is_multiple_of(TURN) {
                tokio::task::yield_now().await;
            }
        }
        Ok(())
    }

    /// Takes what filters tell of an event that happened at a time and was put at another.
    fn filter(&mut self, time: i64, ingested: i64, event: &Event<'_>) {
        for (at, meter) in self.meters.iter().enumerate() {
            if meter.filter.created > ingested {
                continue;
            }
            let minute = (at, time.div_euclid(MINUTE));
            match meter.measure(event) {
                Some((series, value)) => {
                    let added = self.figures.add(series, time, self.now, &[value]);
                    self.untakable += usize::from(added.is_err());
                    self.told.extend(added.is_ok().then_some(minute));
                }
                None => _ = meter.filter.default.is_some().then(|| self.silent.insert(minute)),
            }
        }
    }

    /// Takes the metrics that an event tells itself: all of them, or none.
    fn read(&mut self, message: &str) -> Result<(), emf::Fault> {
        let emf::Document { time, metrics } = emf::read(message)?;
        let of = |metric: emf::Metric| {
            let emf::Metric { namespace, name, unit, fine, dimensions, values } = metric;
            let series = Series { namespace, name, dimensions, unit: unit.to_owned(), fine };
            takable(&series, time, self.now, &values).map(|_| (series, values))
        };
        let all = metrics.into_iter().map(of).collect::<Result<Vec<_>, _>>();
        for (series, values) in all.map_err(|_| emf::Fault::Validation)? {
            // It was just seen that it is taken.
            _ = self.figures.add(series, time, self.now, &values);
        }
        Ok(())
    }

    /// How many documents were wrong, as metrics of CloudWatch Logs itself.
    ///
    /// Source: CloudWatch Logs User Guide, "Monitoring with CloudWatch metrics".
    fn tell_faults(&mut self) {
        let group = self.group.name.name.as_str();
        for (name, count) in [("EMFParsingErrors", self.unparsed), ("EMFValidationErrors", self.invalid)] {
            if count > 0 {
                let series = Series::own(name, &[("LogGroupName", group)]);
                // A group's name is always taken.
                _ = self.figures.add(series, self.now, self.now, &[f64::from(count)]);
            }
        }
    }

    /// Of minutes with events of which a filter tells nothing, its default value is told.
    fn tell_defaults(&mut self, logs: &Logs) {
        let silent: Vec<_> = self.silent.difference(&self.told).copied().collect();
        for (at, minute) in silent {
            let Some(meter) = self.meters.get(at) else { continue };
            let due = logs.defaults.is_due(&self.which(meter), minute);
            if let (Some(value), true) = (meter.filter.default, due) {
                let time = minute.saturating_mul(MINUTE);
                let added = self.figures.add(meter.series(), time, self.now, &[value]);
                self.told.extend(added.is_ok().then_some((at, minute)));
            }
        }
    }

    /// Notes which filters with default values have told something now.
    fn note(&self, logs: &Logs) {
        let mut minutes: BTreeMap<usize, Vec<i64>> = BTreeMap::new();
        for (at, minute) in &self.told {
            minutes.entry(*at).or_default().push(*minute);
        }
        for (at, minutes) in minutes {
            if let Some(meter) = self.meters.get(at).filter(|meter| meter.filter.default.is_some()) {
                logs.defaults.note(self.which(meter), minutes);
            }
        }
        if self.untakable > 0 {
            let (group, figures) = (&self.group.name.name, self.untakable);
            tracing::warn!(group, figures, "figures of metric filters are none that CloudWatch takes");
        }
    }

    fn which(&self, meter: &Meter<'_>) -> (u64, String) {
        (self.group.definition.id, meter.filter.name.clone())
    }
}
