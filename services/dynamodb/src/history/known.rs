use std::sync::Arc;

use arc_swap::ArcSwapOption;
use kurodo_store::{Reader, Store, Transaction};

use super::Noting;
use crate::{Error, layout};

/// What of a table's past is kept, as far as it is known: read once, and again when it may have changed.
#[derive(Default)]
pub(crate) struct KnownPast(ArcSwapOption<Known>);

/// What was kept when the generation of pasts was this.
pub(crate) struct Known {
    noting: Noting,
    generation: u64,
}

impl KnownPast {
    /// What is kept now. `reader` opens the table's contents, where they must be looked at.
    pub(crate) fn now<'r>(
        &self,
        store: &Store,
        reader: impl FnOnce() -> Reader<'r>,
    ) -> Result<Arc<Known>, Error> {
        // The generation comes first: what is read after it is not older.
        let generation = store.generation(layout::PASTS);
        if let Some(known) = self.0.load_full().filter(|known| known.generation == generation) {
            return Ok(known);
        }
        let known = Arc::new(Known { noting: Noting::read(&reader())?, generation });
        self.0.store(Some(Arc::clone(&known)));
        Ok(known)
    }
}

impl Known {
    /// What is kept.
    pub(crate) fn noting(&self) -> &Noting {
        &self.noting
    }

    /// Relies on nothing else being kept of any table when the transaction is committed: that is seen without reading.
    pub(crate) fn expect(&self, transaction: &mut Transaction<'_>) {
        transaction.expect_unwritten(layout::PASTS, self.generation);
    }
}
