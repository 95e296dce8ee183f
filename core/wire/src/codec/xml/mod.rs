//! XML documents.

mod pull;
mod read;
mod write;

pub(super) use read::{document, structure};
pub(super) use write::{Namespace, Writer};
