use std::time::{Duration, Instant};

use tokio::time::timeout;

/// How slow a client may be.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// The longest silence of a client that is to send or to receive something.
    pub patience: Duration,
    /// The bytes per second that a client must send on average, once its silences add up to the patience.
    pub least: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { patience: Duration::from_secs(30), least: 1024 }
    }
}

/// The client was too slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooSlow;

/// The time that one client was waited for.
#[derive(Debug)]
pub(crate) struct Waited {
    pace: Pace,
    so_far: Duration,
}

impl Waited {
    pub(crate) fn new(pace: Pace) -> Self {
        Self { pace, so_far: Duration::ZERO }
    }

    /// Waits for what comes next of a client that has sent this many bytes.
    pub(crate) async fn next<T>(
        &mut self,
        received: u64,
        coming: impl Future<Output = T>,
    ) -> Result<T, TooSlow> {
        let earned = Duration::from_secs(received / self.pace.least.max(1));
        let left = (self.pace.patience + earned).saturating_sub(self.so_far).min(self.pace.patience);
        let began = Instant::now();
        let came = timeout(left, coming).await.map_err(|_| TooSlow);
        self.so_far += began.elapsed();
        came
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace { patience: Duration::from_millis(200), least: 1000 };

    #[tokio::test]
    async fn silence_ends_patience() {
        let mut waited = Waited::new(PACE);
        assert_eq!(waited.next(0, std::future::ready(1)).await, Ok(1));
        assert_eq!(waited.next(0, std::future::pending::<()>()).await, Err(TooSlow));
    }

    #[tokio::test]
    async fn who_drips_is_cut_off_and_who_flows_is_not() {
        let drip = || tokio::time::sleep(Duration::from_millis(60));
        let mut waited = Waited::new(PACE);
        let mut dripped = 0;
        while waited.next(dripped, drip()).await.is_ok() {
            dripped += 1;
        }
        assert!(dripped < 5);
        let mut waited = Waited::new(PACE);
        for step in 0..8 {
            assert!(waited.next(step * 1000, drip()).await.is_ok(), "{step}");
        }
    }
}
