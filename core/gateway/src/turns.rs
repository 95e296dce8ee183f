use std::sync::Arc;

use tokio::sync::Semaphore;

/// Turns at work that keeps a processor busy for longer than other requests should wait: only so many at once, and on
/// threads that nobody else waits for. Cloned, they are the same turns.
#[derive(Debug, Clone)]
pub struct Turns(Arc<Semaphore>);

impl Turns {
    /// So many at once.
    pub fn new(at_once: usize) -> Self {
        Self(Arc::new(Semaphore::new(at_once)))
    }

    /// Does the work once it has its turn. The runtime must have several threads.
    pub async fn take<T>(&self, work: impl FnOnce() -> T) -> T {
        // They are never closed.
        let turn = self.0.acquire().await.ok();
        let done = tokio::task::block_in_place(work);
        drop(turn);
        done
    }
}

impl Default for Turns {
    /// As many at once as there are processors.
    fn default() -> Self {
        Self::new(std::thread::available_parallelism().map_or(1, std::num::NonZero::get))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn no_more_work_at_once_than_there_are_turns() {
        static NOW: AtomicUsize = AtomicUsize::new(0);
        let turns = Turns::new(2);
        let all = (0..8).map(|_| {
            let turns = turns.clone();
            tokio::spawn(async move {
                turns
                    .take(|| {
                        let now = NOW.fetch_add(1, Ordering::SeqCst) + 1;
                        std::thread::sleep(std::time::Duration::from_millis(5));
                        NOW.fetch_sub(1, Ordering::SeqCst);
                        now
                    })
                    .await
            })
        });
        for one in all.collect::<Vec<_>>() {
            assert!(one.await.unwrap() <= 2);
        }
    }
}
