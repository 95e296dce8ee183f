//! Durable encrypted storage: records, log and blobs.

mod account_keys;
pub mod blobs;
mod error;
mod journal;
mod known;
pub mod log;
mod pages;
mod records;

pub use account_keys::AccountKeys;
pub use error::{Damage, StoreError};
pub use known::Known;
pub use records::{
    Check, Commit, Conflict, CoreDoor, Cursor, Direction, Expectation, Fact, Key, KeyBuilder, KeyParser,
    MAX_KEY, MAX_VALUE, MalformedKey, Place, Reader, Record, Scan, Standing, Store, StoreOptions,
    Transaction, Version, Versioned, Writer, after_prefix,
};
