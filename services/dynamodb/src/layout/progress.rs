//! Where it is noted how far long work is.

use kurodo_store::{Key, KeyBuilder};

use super::{ITEM, PROGRESS};

/// How far a restore is that fills a table.
pub(crate) fn progress() -> Key {
    KeyBuilder::relative().byte(PROGRESS).build()
}

/// How far an index is that is filled.
pub(crate) fn index_progress(number: u32) -> Key {
    number.to_be_bytes().into_iter().fold(KeyBuilder::relative().byte(PROGRESS), KeyBuilder::byte).build()
}

/// How far a table is whose items are stored anew.
pub(crate) fn anew_progress() -> Key {
    KeyBuilder::relative().byte(PROGRESS).byte(ITEM).build()
}

/// How far the deletion of what only this backup kept is.
pub(crate) fn prune_progress(id: &str) -> Key {
    KeyBuilder::relative().byte(PROGRESS).part(id).build()
}
