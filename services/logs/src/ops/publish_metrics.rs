//! Measuring events: what metric filters tell of them becomes metrics. What was told before the server was killed may be
//! told again when it goes on.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use kurodo_authz::Permit;
use kurodo_gateway::{Errand, Keeper, Progress};
use kurodo_store::Writer;

use crate::{
    Error, Logs,
    facts::GroupFacts,
    filter::{Block, CloudWatch, Figures, METRICS, Meter, Taken},
    pattern::Event,
    table::{action, chore},
};

/// Milliseconds of a minute.
const MINUTE: i64 = 60_000;

impl Keeper<chore::PublishMetrics> for Logs {
    async fn keep(&self, errand: Errand<'_, Self, chore::PublishMetrics>) -> Result<Progress, Error> {
        let ((permit, _), now) = (&errand.permits, errand.call.now_ms);
        let pending = permit.resource();
        let writer = self.store.write(permit);
        let taken = Taken::next(&writer.annex(permit), &writer, METRICS)?;
        if let Some(group) = pending.facts() {
            let mut measuring = Measuring::of(group, now)?;
            for block in taken.puts.iter().flat_map(|(_, blocks)| blocks) {
                measuring.measure(block)?;
                tokio::task::yield_now().await;
            }
            measuring.tell_defaults(self);
            let (caller, region) = (Arc::clone(&errand.call.caller), pending.region.clone());
            CloudWatch { relay: &self.relay, caller, region }.put(&measuring.figures).await?;
            measuring.note(self);
        }
        finish(permit, &writer, &taken.keys).await?;
        if taken.is_full {
            self.measured.again(pending.account);
        }
        Ok(Progress::More)
    }
}

/// Takes what is done out of its queue.
async fn finish(
    permit: &Permit<'_, action::MeasureEvents>,
    writer: &Writer<'_>,
    keys: &[Vec<u8>],
) -> Result<(), Error> {
    let mut transaction = writer.transaction();
    transaction.in_annex(permit);
    for key in keys {
        transaction.delete(key);
    }
    transaction.commit().await?;
    Ok(())
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
        })
    }

    fn measure(&mut self, block: &Block) -> Result<(), Error> {
        for event in block.events() {
            let (time, message) = event?;
            let event = Event::new(message);
            for (at, meter) in self.meters.iter().enumerate() {
                if meter.filter.created > block.head.ingested {
                    continue;
                }
                let minute = (at, time.div_euclid(MINUTE));
                match meter.measure(&event) {
                    Some((series, value)) => {
                        let added = self.figures.add(series, time, self.now, (value, 1.0));
                        self.untakable += usize::from(added.is_err());
                        self.told.extend(added.is_ok().then_some(minute));
                    }
                    None => _ = meter.filter.default.is_some().then(|| self.silent.insert(minute)),
                }
            }
        }
        Ok(())
    }

    /// Of minutes with events of which a filter tells nothing, its default value is told.
    fn tell_defaults(&mut self, logs: &Logs) {
        let silent: Vec<_> = self.silent.difference(&self.told).copied().collect();
        for (at, minute) in silent {
            let Some(meter) = self.meters.get(at) else { continue };
            let due = logs.defaults.is_due(&self.which(meter), minute);
            if let (Some(value), true) = (meter.filter.default, due) {
                let time = minute.saturating_mul(MINUTE);
                let added = self.figures.add(meter.series(), time, self.now, (value, 1.0));
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
