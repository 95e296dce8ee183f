//! Records: an ordered, transactional map from keys to values, whose every byte on disk is sealed.
//!
//! A reader sees one state of the whole store for as long as it lives. A transaction says what it relies on and
//! what it writes; it commits as a whole, if all that it relies on still holds, or not at all. Nothing here
//! assumes that one process does all the writing: [`Backing`] is what a store elsewhere would have to offer.

mod apply;
mod backing;
mod cursor;
mod disk;
mod door;
mod encoding;
mod engine;
mod fault;
mod key;
mod lock;
mod place;
mod reader;
mod snapshot;
mod standing;
mod store;
#[cfg(test)]
mod tests;
mod transaction;
mod verify;
mod version;
mod worker;

pub use cursor::{Cursor, Direction, Record, Scan};
pub use door::CoreDoor;
pub use key::{Key, KeyBuilder, KeyParser, MalformedKey, after_prefix};
pub use place::Place;
pub use reader::{Reader, Writer};
pub use standing::Standing;
pub use store::{Store, StoreOptions};
pub use transaction::{Conflict, Expectation, Fact, MAX_KEY, MAX_VALUE, Transaction};
pub use verify::Check;
pub use version::{Commit, Version, Versioned};
