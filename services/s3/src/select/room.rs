use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Error;

/// Room is counted in pieces of so many bytes.
const PIECE: usize = 64 * 1024;
/// The most pieces that all queries hold together, beyond what each has for itself: 512 MiB.
const MOST: usize = 8192;
/// What each query has for itself, in pieces: 2 MiB.
const OWN: usize = 32;

/// Room for what queries hold of objects between their turns. Pages of Parquet may be large, and clients slow.
#[derive(Clone)]
pub(crate) struct Room(Arc<Semaphore>);

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST)))
    }
}

/// The room that a query has.
pub(crate) struct Share {
    room: Room,
    taken: Option<OwnedSemaphorePermit>,
}

impl Room {
    pub(crate) fn share(&self) -> Share {
        Share { room: self.clone(), taken: None }
    }
}

impl Share {
    /// Takes room for so many bytes, and gives back what is more.
    ///
    /// # Errors
    /// [`Error::Busy`] when others have it.
    pub(crate) fn fit(&mut self, bytes: usize) -> Result<(), Error> {
        let wanted = bytes.div_ceil(PIECE).saturating_sub(OWN);
        let has = self.taken.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        if wanted < has {
            drop(self.taken.as_mut().and_then(|taken| taken.split(has - wanted)));
        } else if wanted > has {
            let more = u32::try_from(wanted - has).map_err(|_| Error::Busy)?;
            let more = Arc::clone(&self.room.0).try_acquire_many_owned(more).map_err(|_| Error::Busy)?;
            match &mut self.taken {
                Some(taken) => taken.merge(more),
                none => *none = Some(more),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_share_what_there_is() {
        let room = Room::default();
        let (mut one, mut other) = (room.share(), room.share());
        one.fit(OWN * PIECE).unwrap();
        assert_eq!(room.0.available_permits(), MOST);
        one.fit((MOST + OWN) * PIECE).unwrap();
        other.fit(OWN * PIECE).unwrap();
        assert!(matches!(other.fit(OWN * PIECE + 1), Err(Error::Busy)));
        one.fit(MOST * PIECE).unwrap();
        other.fit(2 * OWN * PIECE).unwrap();
        drop((one, other));
        assert_eq!(room.0.available_permits(), MOST);
    }
}
