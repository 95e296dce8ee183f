//! JSON documents.

mod coral;
mod dynamodb;
mod read;
mod scan;
mod write;

pub(super) use read::{document, last_of_equal, structure};
pub(super) use write::{string, value, write_members};
