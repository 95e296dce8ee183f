//! Where the definitions of streams lie, and their records.

use kurodo_arn::{AccountId, Region};
use kurodo_authz::Scope;
use kurodo_store::{Key, KeyBuilder};

use super::contents;

/// The namespace of streams' definitions.
const STREAMS: u8 = 24;

const STREAM: u8 = b's';
const ENTRY: u8 = b'r';
const SHARD: u8 = b'h';
const TRIMMED: u8 = b't';
const TURN: u8 = b'k';

/// All streams of an account.
pub(crate) fn all_streams(account: AccountId) -> Scope {
    Scope::new(KeyBuilder::new(STREAMS).number(account.value()).build())
}

/// All streams of an account in a region.
pub(crate) fn streams(account: AccountId, region: &Region) -> Scope {
    Scope::new(KeyBuilder::new(STREAMS).number(account.value()).part(region.as_str()).build())
}

fn streams_of(account: AccountId, region: &Region, table: &str) -> KeyBuilder {
    KeyBuilder::new(STREAMS).number(account.value()).part(region.as_str()).part(table)
}

/// The streams of the tables that have or had this name.
pub(crate) fn table_streams(account: AccountId, region: &Region, table: &str) -> Scope {
    Scope::new(streams_of(account, region, table).build())
}

/// One stream's definition.
pub(crate) fn stream(account: AccountId, region: &Region, table: &str, created: i64) -> Scope {
    Scope::new(streams_of(account, region, table).number(created.unsigned_abs()).build())
}

/// The key of a stream's definition, below all streams of a table.
pub(crate) fn stream_of_table(created: i64) -> Key {
    KeyBuilder::relative().number(created.unsigned_abs()).build()
}

/// The key of a stream's definition, below all streams; without a time, the prefix of those of a table.
pub(crate) fn stream_below(table: &str, created: Option<i64>) -> Key {
    let key = KeyBuilder::relative().part(table);
    created.iter().fold(key, |key, created| key.number(created.unsigned_abs())).build()
}

/// The records of a stream, and what belongs to them.
pub(crate) fn stream_contents(table: u64, created: i64) -> Scope {
    Scope::new([contents(table).prefix(), &*within_stream(created).build()].concat())
}

fn within_stream(created: i64) -> KeyBuilder {
    KeyBuilder::relative().byte(STREAM).number(created.unsigned_abs())
}

/// Where the records of a stream are appended, seen from the table's items.
pub(crate) fn stream_entries(created: i64) -> Key {
    within_stream(created).byte(ENTRY).build()
}

/// That a shard was opened, seen from the table's items.
pub(crate) fn opened(created: i64, epoch: u64) -> Key {
    within_stream(created).byte(SHARD).number(epoch).build()
}

/// The prefix of a stream's records.
pub(crate) fn entries() -> Key {
    KeyBuilder::relative().byte(ENTRY).build()
}

/// The prefix of what says when a stream's shards were opened.
pub(crate) fn shards() -> Key {
    KeyBuilder::relative().byte(SHARD).build()
}

/// The first place of a stream that was not trimmed.
pub(crate) fn trimmed() -> Key {
    KeyBuilder::relative().byte(TRIMMED).build()
}

/// Where it is appended that a stream's records are stored otherwise from then on, seen from the table's items.
pub(crate) fn stream_turns(created: i64) -> Key {
    within_stream(created).byte(TURN).build()
}

/// The prefix of all that say so.
pub(crate) fn turns() -> Key {
    KeyBuilder::relative().byte(TURN).build()
}
