//! What clients of Kinesis send: bodies in the CBOR of Java's clients, iterators, tokens and numbers.

use kurodo_wire::Protocol;

use crate::decode;

/// Reads bytes as a body in CBOR and in JSON, and as what clients bring back.
pub fn kinesis(data: &[u8]) {
    for protocol in [Protocol::Cbor11, Protocol::Json11] {
        decode::body(protocol, &[&kurodo_kinesis::model::SERVICE], data);
    }
    let (Ok(region), Ok(text)) = ("us-east-1".parse(), std::str::from_utf8(data)) else { return };
    assert!(kurodo_kinesis::brought::comes_back(&region, text));
}
