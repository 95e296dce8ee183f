use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Room is counted in pieces of so many bytes.
const PIECE: usize = 64 * 1024;

/// Memory that many share, in bytes. Cloned, it is the same room.
#[derive(Debug, Clone)]
pub struct Room {
    pieces: Arc<Semaphore>,
    /// Pieces that each share has for itself.
    own: usize,
}

/// There is no room for so much: others have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The server holds as much as it can for requests that are under way. Please try again.")]
pub struct Full;

/// What one of them has of the room; given back when it is dropped.
#[derive(Debug)]
pub struct Share {
    room: Room,
    taken: Option<OwnedSemaphorePermit>,
}

impl Room {
    /// Room for so many bytes, beyond those that each share has for itself.
    pub fn new(bytes: usize, own: usize) -> Self {
        Self { pieces: Arc::new(Semaphore::new(bytes / PIECE)), own: own / PIECE }
    }

    /// A share that has taken nothing yet.
    pub fn share(&self) -> Share {
        Share { room: self.clone(), taken: None }
    }
}

impl Share {
    /// Takes room for so many bytes altogether, and gives back what is more.
    ///
    /// # Errors
    /// [`Full`]; what was taken before is kept.
    pub fn fit(&mut self, bytes: usize) -> Result<(), Full> {
        let wanted = bytes.div_ceil(PIECE).saturating_sub(self.room.own);
        let has = self.taken.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        if wanted < has {
            drop(self.taken.as_mut().and_then(|taken| taken.split(has - wanted)));
        } else if wanted > has {
            let more = u32::try_from(wanted - has).map_err(|_| Full)?;
            let more = Arc::clone(&self.room.pieces).try_acquire_many_owned(more).map_err(|_| Full)?;
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
        let (most, own) = (100 * PIECE, 2 * PIECE);
        let room = Room::new(most, own);
        let (mut one, mut other) = (room.share(), room.share());
        one.fit(own).unwrap();
        assert_eq!(room.pieces.available_permits(), 100);
        one.fit(most + own).unwrap();
        other.fit(own).unwrap();
        assert_eq!(other.fit(own + 1), Err(Full));
        one.fit(most).unwrap();
        other.fit(2 * own).unwrap();
        drop((one, other));
        assert_eq!(room.pieces.available_permits(), 100);
    }
}
