use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use kurodo_gateway::Watcher;

use super::{
    latencies::Latencies,
    tally::{Spread, number},
};

/// What is counted of answers once they ended, until it is taken.
#[derive(Debug, Default)]
pub(super) struct Answers(Mutex<Ended>);

/// What was counted of answers that ended.
#[derive(Debug, Clone, Default)]
pub(super) struct Ended {
    /// Bytes of those that had content.
    pub(super) bytes: Spread,
    /// Milliseconds from a request's first byte to its answer's last.
    pub(super) total: Latencies,
}

impl Answers {
    /// Takes what was counted.
    pub(super) fn take(&self) -> Ended {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Watcher for Answers {
    fn sent(&self, bytes: u64, duration: Duration) {
        let mut ended = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ended.total.note(duration.as_secs_f64() * 1000.0);
        if bytes > 0 {
            ended.bytes.note(number(bytes));
        }
    }
}

impl Ended {
    pub(super) fn add(&mut self, other: &Self) {
        self.bytes.add(&other.bytes);
        self.total.add(&other.total);
    }
}
