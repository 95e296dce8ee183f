//! Blocks that find no room on a full disk. redb moves blocks out of its memory at any time, and would give up on the file
//! if it were refused one; so they are kept in memory until there is room again.

use std::io;
use std::sync::atomic::Ordering;

use super::block::STRIDE;
use super::layout::offset_of;
use super::state::State;
use super::{Fault, PageError, Pages};

/// The most blocks that are kept: 64 MiB.
const MOST_KEPT: usize = 16 << 10;

impl Pages {
    /// Writes these sealed blocks, or keeps them.
    pub(super) fn write_or_keep(
        &self,
        state: &mut State,
        first: u64,
        sealed: &[u8],
    ) -> Result<(), PageError> {
        let blocks = (first..).zip(sealed.chunks(STRIDE));
        match self.medium.write(offset_of(first), sealed) {
            Ok(()) => blocks.for_each(|(block, _)| drop(state.kept.remove(&block))),
            Err(error) if is_full(&error) && state.kept.len() < MOST_KEPT => {
                blocks.for_each(|(block, sealed)| drop(state.kept.insert(block, sealed.into())));
            }
            Err(error) => return Err(error.into()),
        }
        self.keeping.store(!state.kept.is_empty(), Ordering::Release);
        Ok(())
    }

    /// Writes what was kept.
    ///
    /// # Errors
    /// [`PageError::Io`] while there is still no room.
    pub(super) fn write_kept(&self, state: &mut State) -> Result<(), PageError> {
        while let Some((block, sealed)) = state.kept.first_key_value() {
            self.medium.write(offset_of(*block), sealed)?;
            state.kept.pop_first();
        }
        self.keeping.store(false, Ordering::Release);
        Ok(())
    }

    /// Whether every block that redb wrote found room on the disk, by now at least.
    pub(crate) fn has_room(&self) -> bool {
        !self.is_keeping() || self.write_kept(&mut self.lock()).is_ok()
    }

    pub(super) fn is_keeping(&self) -> bool {
        self.keeping.load(Ordering::Acquire)
    }
}

fn is_full(error: &io::Error) -> bool {
    Fault::of(error) == Fault::Full
}
