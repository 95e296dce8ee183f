use std::{net::IpAddr, sync::Arc};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::crowd::{Crowd, Place};

/// Room is counted in pieces of so many bytes.
const PIECE: usize = 64 * 1024;

/// Memory that many share, in bytes. Cloned, it is the same room.
#[derive(Debug, Clone)]
pub struct Room(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pieces: Arc<Semaphore>,
    /// Pieces that each share has for itself.
    own: usize,
    /// Who has how much of it.
    crowd: Crowd,
}

/// There is no room for so much: others have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The server holds as much as it can for requests that are under way. Please try again.")]
pub struct Full;

/// What one of them has of the room; given back when it is dropped.
#[derive(Debug)]
pub struct Share {
    room: Room,
    /// Where it is taken from; none where nobody is held to a part.
    address: Option<IpAddr>,
    /// What the address has by it, once it has something.
    place: Option<Place>,
    taken: Option<OwnedSemaphorePermit>,
}

impl Room {
    /// Room for so many bytes, beyond those that each share has for itself. No address has more than half of it.
    pub fn new(bytes: usize, own: usize) -> Self {
        let pieces = bytes / PIECE;
        let (crowd, own) = (Crowd::new(pieces / 2), own / PIECE);
        Self(Arc::new(Inner { pieces: Arc::new(Semaphore::new(pieces)), own, crowd }))
    }

    /// A share that has taken nothing yet.
    pub fn share(&self) -> Share {
        Share { room: self.clone(), address: None, place: None, taken: None }
    }

    /// A share of a client at this address that has taken nothing yet.
    pub(crate) fn share_of(&self, address: IpAddr) -> Share {
        Share { address: Some(address), ..self.share() }
    }
}

impl Share {
    /// Takes room for so many bytes altogether, and gives back what is more.
    ///
    /// # Errors
    /// [`Full`]; what was taken before is kept.
    pub fn fit(&mut self, bytes: usize) -> Result<(), Full> {
        let wanted = bytes.div_ceil(PIECE).saturating_sub(self.room.0.own);
        let has = self.taken.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        if wanted < has {
            drop(self.taken.as_mut().and_then(|taken| taken.split(has - wanted)));
            self.has(wanted);
        } else if wanted > has {
            let more = u32::try_from(wanted - has).map_err(|_| Full)?;
            let more = Arc::clone(&self.room.0.pieces).try_acquire_many_owned(more).map_err(|_| Full)?;
            if !self.has(wanted) {
                return Err(Full);
            }
            match &mut self.taken {
                Some(taken) => taken.merge(more),
                none => *none = Some(more),
            }
        }
        Ok(())
    }

    /// Whether its address may have so much with this share.
    fn has(&mut self, pieces: usize) -> bool {
        let Some(address) = self.address else { return true };
        self.place.get_or_insert_with(|| self.room.0.crowd.place(address)).have(pieces)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_takes_more_than_half() {
        let room = Room::new(4 * PIECE, 0);
        let [one, other] = ["10.0.0.1", "10.0.0.2"].map(|address| room.share_of(address.parse().unwrap()));
        let (mut one, mut other) = (one, other);
        one.fit(PIECE + 1).unwrap();
        assert_eq!(one.fit(2 * PIECE + 1), Err(Full));
        other.fit(2 * PIECE).unwrap();
        one.fit(1).unwrap();
        assert_eq!(room.0.pieces.available_permits(), 1);
    }

    #[test]
    fn all_share_what_there_is() {
        let (most, own) = (100 * PIECE, 2 * PIECE);
        let room = Room::new(most, own);
        let (mut one, mut other) = (room.share(), room.share());
        one.fit(own).unwrap();
        assert_eq!(room.0.pieces.available_permits(), 100);
        one.fit(most + own).unwrap();
        other.fit(own).unwrap();
        assert_eq!(other.fit(own + 1), Err(Full));
        one.fit(most).unwrap();
        other.fit(2 * own).unwrap();
        drop((one, other));
        assert_eq!(room.0.pieces.available_permits(), 100);
    }
}
