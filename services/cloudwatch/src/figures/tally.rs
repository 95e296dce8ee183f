use kurodo_gateway::Seen;

use super::{answers::Ended, latencies::Latencies};
use crate::Summary;

/// Count, sum and bounds of numbers.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spread {
    count: f64,
    sum: f64,
    least: f64,
    most: f64,
}

impl Spread {
    /// One number.
    pub(super) fn of(number: f64) -> Self {
        Self { count: 1.0, sum: number, least: number, most: number }
    }

    /// One number more.
    pub(super) fn note(&mut self, number: f64) {
        self.add(&Self::of(number));
    }

    pub(super) fn add(&mut self, other: &Self) {
        if other.count == 0.0 {
            return;
        }
        let empty = self.count == 0.0;
        self.least = if empty { other.least } else { self.least.min(other.least) };
        self.most = if empty { other.most } else { self.most.max(other.most) };
        self.count += other.count;
        self.sum += other.sum;
    }

    /// As many zeros.
    pub(super) fn zeros(&self) -> Self {
        Self { count: self.count, ..Self::default() }
    }

    /// How many numbers.
    pub(super) fn count(&self) -> f64 {
        self.count
    }

    /// As a metric has it; nothing of no numbers.
    pub(super) fn samples(&self) -> Option<Summary> {
        (self.count > 0.0).then(|| Summary::set(self.count, self.sum, self.least, self.most))
    }
}

/// What a service measured of its work, by names of its own.
#[derive(Debug, Clone, Copy, Default)]
struct Measured([(&'static str, Spread); 4]);

impl Measured {
    fn add(&mut self, name: &'static str, spread: &Spread) {
        let place = self.0.iter_mut().find(|(known, _)| *known == name || known.is_empty());
        if let Some((known, all)) = place.filter(|_| spread.count > 0.0) {
            *known = name;
            all.add(spread);
        }
    }
}

/// What is counted of the requests of one kind.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    pub(super) requests: u64,
    pub(super) decisions: u64,
    pub(super) client_errors: u64,
    pub(super) server_errors: u64,
    pub(super) throttled: u64,
    pub(super) failed_conditions: u64,
    pub(super) bytes_in: Spread,
    /// What was counted once answers ended, of those whose end is waited for.
    pub(super) ended: Ended,
    measures: Measured,
    /// Milliseconds until the answer began; of those that succeeded, and of the others.
    pub(super) succeeded: Latencies,
    failed: Latencies,
}

const THROTTLED: [&str; 4] =
    ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded", "SlowDown"];

impl Tally {
    pub(super) fn count(&mut self, seen: &Seen<'_>) {
        self.requests += 1;
        self.decisions += seen.decisions as u64;
        // S3 does not count the time in which the request itself arrives.
        let time = if seen.service == "s3" { seen.thought } else { seen.duration };
        let latency = time.as_secs_f64() * 1000.0;
        if seen.status >= 400 {
            self.failed.note(latency);
        }
        match (seen.status, seen.code) {
            (500.., _) => self.server_errors += 1,
            (400.., Some(code)) if THROTTLED.contains(&code) => self.throttled += 1,
            (400.., Some("ConditionalCheckFailedException")) => self.failed_conditions += 1,
            (400.., _) => self.client_errors += 1,
            _ => self.succeeded.note(latency),
        }
        for (name, value) in seen.measures {
            self.measures.add(name, &Spread::of(*value));
        }
        if seen.bytes_in > 0 {
            self.bytes_in.note(number(seen.bytes_in));
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.decisions += other.decisions;
        self.client_errors += other.client_errors;
        self.server_errors += other.server_errors;
        self.throttled += other.throttled;
        self.failed_conditions += other.failed_conditions;
        for (name, spread) in &other.measures.0 {
            self.measures.add(name, spread);
        }
        self.bytes_in.add(&other.bytes_in);
        self.ended.add(&other.ended);
        self.succeeded.add(&other.succeeded);
        self.failed.add(&other.failed);
    }

    /// What the service measured under this name.
    pub(super) fn measured(&self, name: &str) -> Spread {
        self.measures
            .0
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, spread)| *spread)
            .unwrap_or_default()
    }

    /// Milliseconds until the answer began, of all.
    pub(super) fn latency(&self) -> Latencies {
        let mut all = self.succeeded.clone();
        all.add(&self.failed);
        all
    }

    /// Whether anything succeeded.
    pub(super) fn has_success(&self) -> bool {
        self.succeeded.count() > 0.0
    }

    /// All that the client did wrong.
    pub(super) fn wrong(&self) -> u64 {
        self.client_errors + self.throttled + self.failed_conditions
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts and sizes of a minute are exact enough in a double")]
pub(super) fn number(count: u64) -> f64 {
    count as f64
}
