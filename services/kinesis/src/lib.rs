//! Amazon Kinesis Data Streams: records in shards, in the order in which they were put.
//!
//! Read [`table`] first: it says what every operation demands. A stream has a definition, which knows its shards, and
//! records of its own, which lie behind the shards' numbers; `write` puts them there, `read` finds them again, `reshape`
//! closes shards and opens others. [`resources`] say what of that a permit reaches.

mod account;
mod bell;
pub mod brought;
mod definition;
mod encryption;
mod entry;
mod error;
mod facts;
mod figures;
mod heat;
mod iterator;
mod layout;
mod meter;
pub mod model;
mod names;
mod needs;
mod ops;
mod policy;
mod push;
mod read;
mod reshape;
pub mod resources;
mod sequence;
mod service;
mod shard;
pub mod table;
mod tags;
mod token;
mod view;

pub use error::Error;
pub use service::Kinesis;
