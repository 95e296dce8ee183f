use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::SystemTime,
};

/// Microseconds since 1970 that only grow, whatever the system's clock does meanwhile.
///
/// A change takes its time once it has the state that it relies on. So a change that relies on another one is later.
#[derive(Debug, Default)]
pub(crate) struct Clock(AtomicU64);

impl Clock {
    /// The next time.
    pub(crate) fn tick(&self) -> u64 {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let now = u64::try_from(since.as_micros()).unwrap_or(u64::MAX);
        let later = |last: u64| now.max(last.saturating_add(1));
        let last = self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, |last| Some(later(last)));
        later(last.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_time_comes_twice() {
        let clock = Clock::default();
        let times: Vec<_> = (0..1000).map(|_| clock.tick()).collect();
        assert!(times.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
