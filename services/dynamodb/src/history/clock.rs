use std::sync::atomic::{AtomicU64, Ordering};

/// Microseconds since 1970 that only grow, whatever the system's clock does meanwhile, and whichever request is slow.
///
/// A change takes its time once it has the state that it relies on. So a change that relies on another one is later.
#[derive(Debug, Default)]
pub(crate) struct Clock(AtomicU64);

impl Clock {
    /// The next time, for a call that came at this time in milliseconds since 1970.
    pub(crate) fn tick(&self, now: i64) -> u64 {
        let now = now.unsigned_abs().saturating_mul(1000);
        let later = |last: u64| now.max(last.saturating_add(1));
        let last = self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, |last| Some(later(last)));
        later(last.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_time_comes_twice_or_too_early() {
        let clock = Clock::default();
        let times: Vec<_> = [5, 5, 4, 9, 9, 3].into_iter().map(|now| clock.tick(now)).collect();
        assert!(times.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!((times[0], times[3]), (5000, 9000));
    }
}
