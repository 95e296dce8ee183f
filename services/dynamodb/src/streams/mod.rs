//! DynamoDB Streams: what happened to the items of a table within the last day.
//!
//! Read [`table`] first: it says what every operation demands. A stream has a definition of its own, for it outlives
//! its table by a day. Its records lie beside the table's items, and `write` adds them in the transaction of the
//! change; `read` and `shard` find them again.

mod definition;
mod entry;
mod facts;
mod iterator;
mod name;
mod ops;
mod read;
mod sequence;
mod service;
mod shard;
mod switch;
pub mod table;
mod trim;
mod turns;
mod write;

pub(crate) use definition::{StreamDefinition, TableStream, View};
pub(crate) use facts::{StreamFacts, all, encode};
pub(crate) use iterator::ShardIterator;
pub(crate) use name::{StreamName, is_stream, label};
pub use service::DynamoDbStreams;
pub(crate) use switch::{asked, stage, switch};
pub(crate) use trim::is_due;
pub(crate) use turns::turn;
pub(crate) use write::append;

/// How long records, closed shards and disabled streams stay, in milliseconds.
///
/// Source: DynamoDB Developer Guide, "Change data capture for DynamoDB Streams", data retention limit.
pub(crate) const KEPT: i64 = 24 * 60 * 60 * 1000;
