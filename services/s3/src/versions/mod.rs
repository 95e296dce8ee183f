//! The versions of a key: found, published and removed.
//!
//! [`Place`] says where a version can lie, [`Versions`] finds them, and a [`Change`](change::Change) moves them.
//!
//! Source: S3 User Guide, "Retaining multiple versions of objects with S3 Versioning".

mod change;
mod find;
mod publish;
mod remove;
mod replica;

pub(crate) use find::{Place, Placed, Versions};
pub(crate) use publish::{Ends, NewObject, WriteConditions};
pub(crate) use remove::{If, Removal, Removed};
pub(crate) use replica::Replica;
