use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// How long a queue waits after it could not be forwarded, first and at most, in milliseconds.
const FIRST: i64 = 1000;
const LONGEST: i64 = 60_000;

/// Which queues wait before they are tried again, and until when. A restart tries all.
#[derive(Debug, Default)]
pub(crate) struct Pauses(Mutex<HashMap<u64, Pause>>);

#[derive(Debug, Clone, Copy)]
struct Pause {
    /// In milliseconds since 1970.
    until: i64,
    length: i64,
}

impl Pauses {
    /// Whether a queue is to wait.
    pub(crate) fn is_paused(&self, queue: u64, now: i64) -> bool {
        let pauses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Where the clock was set back nothing waits for longer than the longest pause.
        pauses.get(&queue).is_some_and(|pause| now < pause.until && pause.until - now <= LONGEST)
    }

    /// A queue could not be forwarded: it waits, each time for longer.
    pub(crate) fn pause(&self, queue: u64, now: i64) {
        let mut pauses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let length = pauses.get(&queue).map_or(FIRST, |pause| (pause.length * 2).min(LONGEST));
        pauses.insert(queue, Pause { until: now.saturating_add(length), length });
    }

    /// It could be forwarded, or is no more.
    pub(crate) fn end(&self, queue: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&queue);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let pauses = Pauses::default();
        assert!(!pauses.is_paused(1, 0));
        pauses.pause(1, 0);
        assert!(pauses.is_paused(1, FIRST - 1) && !pauses.is_paused(1, FIRST) && !pauses.is_paused(2, 0));
        for _ in 0..20 {
            pauses.pause(1, 0);
        }
        assert!(pauses.is_paused(1, LONGEST - 1) && !pauses.is_paused(1, LONGEST));
        assert!(!pauses.is_paused(1, -1), "the clock was set back");
        pauses.end(1);
        assert!(!pauses.is_paused(1, 0));
    }
}
