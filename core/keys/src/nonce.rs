use std::sync::atomic::{AtomicU64, Ordering};

use crate::{KeyError, NONCE_LEN};

/// Nonces that never repeat: a 4-byte epoch and an 8-byte counter, both big-endian.
///
/// The epoch must be one that no sequence under the same key has had: count it up durably at each start, before
/// the first nonce is used.
#[derive(Debug)]
pub struct NonceSequence {
    epoch: u32,
    counter: AtomicU64,
}

impl NonceSequence {
    /// The sequence of this epoch, from zero.
    pub fn new(epoch: u32) -> Self {
        Self { epoch, counter: AtomicU64::new(0) }
    }

    /// The epoch that the sequence was made for.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// The next nonce.
    ///
    /// # Errors
    /// [`KeyError::NoncesExhausted`] after 2⁶⁴−1 nonces.
    pub fn next(&self) -> Result<[u8; NONCE_LEN], KeyError> {
        let counter = self
            .counter
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |counter| counter.checked_add(1))
            .map_err(|_| KeyError::NoncesExhausted)?;
        let mut nonce = [0; NONCE_LEN];
        let (epoch, count) = nonce.split_at_mut(4);
        epoch.copy_from_slice(&self.epoch.to_be_bytes());
        count.copy_from_slice(&counter.to_be_bytes());
        Ok(nonce)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn counts_within_its_epoch() {
        let sequence = NonceSequence::new(0x0102_0304);
        assert_eq!(sequence.next().unwrap(), [1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(sequence.next().unwrap(), [1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 1]);
    }

    #[test]
    fn threads_never_share_a_nonce() {
        let sequence = NonceSequence::new(1);
        let take = || (0..1000).map(|_| sequence.next().unwrap()).collect::<Vec<_>>();
        let all: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(take)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), 4000);
    }

    #[test]
    fn the_end_is_an_error() {
        let sequence = NonceSequence { epoch: 1, counter: AtomicU64::new(u64::MAX) };
        assert!(matches!(sequence.next(), Err(KeyError::NoncesExhausted)));
    }
}
