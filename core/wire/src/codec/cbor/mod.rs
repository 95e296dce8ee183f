//! CBOR documents (RFC 8949) of the protocol `rpc-v2-cbor`, and of the older encoding of JSON 1.1.

mod read;
mod write;

use crate::Protocol;
pub(super) use read::structure;
pub(super) use write::{begin, end, text, write_members, write_value};

/// What a time is counted in, since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Times {
    /// Seconds, with or without a fraction.
    Seconds,
    /// Whole milliseconds.
    Milliseconds,
}

impl Times {
    /// What a protocol counts in.
    pub(super) fn of(protocol: Protocol) -> Self {
        if protocol == Protocol::Cbor11 { Self::Milliseconds } else { Self::Seconds }
    }
}
