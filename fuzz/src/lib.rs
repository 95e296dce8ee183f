//! Bytes that nobody signed, thrown at every parser that meets them. Nothing may panic, hang or overflow; and what is
//! signed or sealed must not be taken for authentic once a byte of it was changed.
//!
//! `cargo xtask fuzz` builds a program of each function and drives it by libFuzzer.

mod decode;
mod expressions;
mod identity;
mod logs;
mod policies;
mod request;
mod requests;
mod sealed;
mod statements;
mod streams;

pub use expressions::math;
pub use identity::identity_token;
pub use logs::{logs_block, logs_embedded, logs_pattern, logs_query};
pub use policies::{arn, policy};
pub use requests::{chunks, form, head, signature, signed};
pub use sealed::{kms_ciphertext, stored};
pub use statements::{parquet, partiql, select};
pub use streams::kinesis;

use kurodo_wire::Protocol;

/// XML bodies, as S3 takes them.
pub fn xml(data: &[u8]) {
    decode::body(Protocol::RestXml, &[&kurodo_s3::model::SERVICE], data);
}

/// JSON bodies.
pub fn json(data: &[u8]) {
    decode::body(Protocol::Json11, &decode::SERVICES, data);
}

/// CBOR bodies.
pub fn cbor(data: &[u8]) {
    decode::body(Protocol::RpcV2Cbor, &decode::SERVICES, data);
}

/// Forms and queries, read as both of AWS's query protocols do.
pub fn query(data: &[u8]) {
    let Some((choice, text)) = data.split_first_chunk::<2>() else { return };
    let (Some(operation), Ok(text)) =
        (decode::operation(&decode::SERVICES, *choice), std::str::from_utf8(text))
    else {
        return;
    };
    for protocol in [Protocol::Query, Protocol::Ec2] {
        decode::form(protocol, operation, text);
    }
}
