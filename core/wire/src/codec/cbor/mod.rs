//! CBOR documents (RFC 8949) of the protocol `rpc-v2-cbor`.

mod read;
mod write;

pub(super) use read::structure;
pub(super) use write::{begin, end, text, write_members, write_value};
