//! Forwarding events to streams of Kinesis, as the roles of subscription filters. What was forwarded before the server was
//! killed may be forwarded again when it goes on; what cannot be forwarded waits, for a day.

use std::{collections::BTreeSet, sync::Arc};

use kurodo_authz::Permit;
use kurodo_gateway::{Errand, Keeper, Progress};

use crate::{
    Error, Logs,
    definition::DAY,
    facts::GroupFacts,
    filter::{CloudWatch, Fault, Figures, Parcel, Series, Stream, Subscription, Taken, assume, parcels},
    pattern::Pattern,
    table::{action, chore},
};

impl Keeper<chore::ForwardEvents> for Logs {
    async fn keep(&self, errand: Errand<'_, Self, chore::ForwardEvents>) -> Result<Progress, Error> {
        let ((permit, _), now) = (&errand.permits, errand.call.now_ms);
        let pending = permit.resource();
        let Some(taken) = self.take(permit, now).await? else { return Ok(Progress::More) };
        let Some((group, subscription)) = subscribed(permit) else {
            // Whoever deletes a group or a filter wants nothing forwarded any more.
            self.finish(permit, &taken.keys).await?;
            if taken.is_full {
                self.forwarded.again(pending.account);
            }
            self.pauses.end(pending.consumer);
            return Ok(Progress::More);
        };
        let mut forwarding = Forwarding { logs: self, group, subscription, now, figures: Figures::default() };
        let (done, fault) = forwarding.forward(&taken).await?;
        match &fault {
            Some(_) => self.pauses.pause(subscription.number, now),
            None => self.pauses.end(subscription.number),
        }
        self.finish(permit, done.iter().filter_map(|at| taken.keys.get(*at))).await?;
        if taken.is_full && fault.is_none() {
            self.forwarded.again(pending.account);
        }
        let (caller, region) = (Arc::clone(&errand.call.caller), pending.region.clone());
        let told = CloudWatch { relay: &self.relay, caller, region }.put(&forwarding.figures).await;
        if let Err(error) = told {
            tracing::warn!(%error, "CloudWatch is not told what was forwarded");
        }
        Ok(Progress::More)
    }
}

type Forwards<'r> = Permit<'r, action::ForwardEvents>;

/// The group and the filter that events wait for, unless one of them is gone.
fn subscribed<'p>(permit: &'p Forwards<'_>) -> Option<(&'p GroupFacts, &'p Subscription)> {
    let group = permit.resource().facts()?;
    let mut all = group.definition.subscriptions.iter();
    Some((group, all.find(|one| one.number == permit.resource().consumer)?))
}

struct Forwarding<'f> {
    logs: &'f Logs,
    group: &'f GroupFacts,
    subscription: &'f Subscription,
    now: i64,
    figures: Figures,
}

impl Forwarding<'_> {
    /// Forwards what was taken, until something does not arrive; the places of what is done, and what went wrong.
    async fn forward(&mut self, taken: &Taken) -> Result<(BTreeSet<usize>, Option<Fault>), Error> {
        let (parcels, nothing) = parcels(&taken.puts, &Pattern::parse(&self.subscription.pattern)?)?;
        let mut done: BTreeSet<_> = nothing.into_iter().collect();
        if parcels.is_empty() {
            return Ok((done, None));
        }
        let mut fault = None;
        let name = &self.group.name;
        match assume(&self.logs.directory, &self.subscription.role, name, self.now) {
            Err(refused) => fault = Some((0, refused)),
            Ok(caller) => {
                let (relay, subscription) = (&self.logs.relay, self.subscription);
                let stream = Stream { relay, group: name, subscription, caller };
                for (at, parcel) in parcels.iter().enumerate() {
                    if let Err(error) = self.send(&stream, parcel).await {
                        fault = Some((at, error));
                        break;
                    }
                    done.extend(&parcel.done);
                }
            }
        }
        let Some((at, fault)) = fault else { return Ok((done, None)) };
        if let Some(parcel) = parcels.get(at) {
            self.failed(&fault, parcel.events.len());
        }
        self.give_up(taken, &mut done);
        Ok((done, Some(fault)))
    }

    async fn send(&mut self, stream: &Stream<'_>, parcel: &Parcel<'_>) -> Result<(), Fault> {
        let owner = self.group.name.account.to_string();
        let content = parcel.content(&owner, &self.group.name.name, &self.subscription.name)?;
        stream.put(&self.subscription.partition(parcel.number)?, &content).await?;
        self.count("ForwardedLogEvents", parcel.events.len());
        self.count("ForwardedBytes", content.len());
        Ok(())
    }

    /// Tells an operator why nothing is forwarded.
    fn failed(&mut self, fault: &Fault, events: usize) {
        let (group, filter) = (&self.group.name.name, &self.subscription.name);
        match fault {
            Fault::Throttled => self.count("DeliveryThrottling", events),
            Fault::Refused(why) => {
                tracing::warn!(group, filter, why, "log events cannot be forwarded; they wait");
                self.count("DeliveryErrors", events);
            }
        }
    }

    /// What could not be forwarded for a day is not forwarded any more.
    ///
    /// Source: CloudWatch Logs User Guide, "Subscription filters".
    fn give_up(&self, taken: &Taken, done: &mut BTreeSet<usize>) {
        let old = taken.puts.iter().enumerate().filter(|(at, (_, blocks))| {
            let put = blocks.first().map_or(0, |block| block.head.ingested);
            put < self.now.saturating_sub(DAY) && !done.contains(at)
        });
        let old: Vec<_> = old.map(|(at, _)| at).collect();
        if !old.is_empty() {
            let (group, filter, puts) = (&self.group.name.name, &self.subscription.name, old.len());
            tracing::error!(
                group,
                filter,
                puts,
                "log events could not be forwarded for a day; they are dropped"
            );
        }
        done.extend(old);
    }

    fn count(&mut self, metric: &str, count: usize) {
        let of = [
            ("LogGroupName", &*self.group.name.name),
            ("DestinationType", "Kinesis"),
            ("FilterName", &*self.subscription.name),
        ];
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        // A filter's name that CloudWatch does not take as a dimension is not counted by.
        _ = self.figures.add(Series::own(metric, &of), self.now, self.now, &[f64::from(count)]);
    }
}
