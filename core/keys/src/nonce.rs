use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::rand;

use crate::{KeyError, NONCE_LEN};

/// Nonces that never repeat: a 4-byte epoch and an 8-byte counter, both big-endian.
///
/// The epoch must be one that no sequence under the same key has had: count it up durably at each start, before
/// the first nonce is used. A restored backup repeats epochs all the same; so the counter starts at a random
/// place, and two histories that share an epoch meet with a chance of about (nonces used) in 2⁶³.
#[derive(Debug)]
pub struct NonceSequence {
    epoch: u32,
    first: u64,
    next: AtomicU64,
}

impl NonceSequence {
    /// The sequence of this epoch, from a random place.
    ///
    /// # Errors
    /// [`KeyError::Random`] when the system's generator fails.
    pub fn begin(epoch: u32) -> Result<Self, KeyError> {
        let mut first = [0; 8];
        rand::fill(&mut first).map_err(|_| KeyError::Random)?;
        Ok(Self::starting_at(epoch, u64::from_be_bytes(first)))
    }

    fn starting_at(epoch: u32, first: u64) -> Self {
        Self { epoch, first, next: AtomicU64::new(first) }
    }

    /// The epoch that the sequence was made for.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// The next nonce.
    ///
    /// # Errors
    /// [`KeyError::NoncesExhausted`] after 2⁶³ nonces.
    pub fn next(&self) -> Result<[u8; NONCE_LEN], KeyError> {
        let counter = self.next.fetch_add(1, Ordering::Relaxed);
        if counter.wrapping_sub(self.first) > u64::MAX / 2 {
            return Err(KeyError::NoncesExhausted);
        }
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
    fn counts_within_its_epoch_and_past_the_wrap() {
        let sequence = NonceSequence::starting_at(0x0102_0304, u64::MAX);
        assert_eq!(sequence.next().unwrap(), [1, 2, 3, 4, 255, 255, 255, 255, 255, 255, 255, 255]);
        assert_eq!(sequence.next().unwrap(), [1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn the_same_epoch_starts_elsewhere() {
        let nonces: HashSet<_> = (0..100).map(|_| NonceSequence::begin(7).unwrap().next().unwrap()).collect();
        assert_eq!(nonces.len(), 100);
    }

    #[test]
    fn threads_never_share_a_nonce() {
        let sequence = NonceSequence::begin(1).unwrap();
        let take = || (0..1000).map(|_| sequence.next().unwrap()).collect::<Vec<_>>();
        let all: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(take)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), 4000);
    }

    #[test]
    fn the_end_is_an_error() {
        let sequence = NonceSequence::starting_at(1, 5);
        sequence.next.store(5u64.wrapping_add(u64::MAX / 2), Ordering::Relaxed);
        assert!(sequence.next().is_ok());
        assert!(matches!(sequence.next(), Err(KeyError::NoncesExhausted)));
    }
}
