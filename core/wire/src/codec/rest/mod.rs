//! HTTP bindings: members in the path, the query, the headers, the status, and the body.

mod header;
mod read;
mod write;

pub(super) use read::decode;
pub(super) use write::{encode, headers};
