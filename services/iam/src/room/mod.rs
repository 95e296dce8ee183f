//! An account's records as operations read and change them.
//!
//! [`Room`] reads what a permit reaches. [`Draft`] reads and changes, and what it commits relies on all
//! single records that it read: what an operation decided by cannot have changed when its change is made.
//! Records that others refer to from elsewhere are touched ([`Draft::touch`]) by whoever adds a reference,
//! so that nobody deletes them at the same time.

mod draft;
mod look;

pub(crate) use draft::Draft;
pub(crate) use look::{Look, Room};
