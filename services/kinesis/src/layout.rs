//! Where each record of Kinesis lies.
//!
//! | key | record |
//! |---|---|
//! | `30` account region name | the definition of a stream, with its shards |
//! | `31` stream `r` shard place | a record, or a part of a large one |
//! | `32` account region stream consumer | a consumer that is registered with a stream |
//!
//! What a stream holds is called by a number that no other stream has: one of the same name, made later, begins with
//! nothing. Definitions have a namespace of their own, so that putting records does not outdate what is cached of them.

use kurodo_arn::{AccountId, Region};
use kurodo_authz::Scope;
use kurodo_store::{Key, KeyBuilder, KeyParser};

/// The namespace of streams' definitions.
pub(crate) const STREAMS: u8 = 30;
/// The namespace of what streams hold.
const CONTENTS: u8 = 31;
/// The namespace of consumers.
const CONSUMERS: u8 = 32;

const RECORD: u8 = b'r';

/// All streams of an account.
pub(crate) fn all_streams(account: AccountId) -> Scope {
    Scope::new(KeyBuilder::new(STREAMS).number(account.value()).build())
}

/// All streams of an account in a region.
pub(crate) fn streams(account: AccountId, region: &Region) -> Scope {
    Scope::new(KeyBuilder::new(STREAMS).number(account.value()).part(region.as_str()).build())
}

/// One stream's definition.
pub(crate) fn stream(account: AccountId, region: &Region, name: &str) -> Scope {
    Scope::new(KeyBuilder::new(STREAMS).number(account.value()).part(region.as_str()).part(name).build())
}

/// The key of a name, below all streams or all consumers of a stream.
pub(crate) fn name(name: &str) -> Key {
    KeyBuilder::relative().part(name).build()
}

/// The region and the name of the whole key of a stream's definition.
pub(crate) fn parse_stream(key: &[u8]) -> Option<(Region, String)> {
    let mut parser = KeyParser::new(key);
    parser.byte().ok()?;
    parser.number().ok()?;
    let region = parser.text().ok()?.parse().ok()?;
    Some((region, parser.text().ok()?.into_owned()))
}

/// What a stream holds.
pub(crate) fn contents(stream: u64) -> Scope {
    Scope::new(KeyBuilder::new(CONTENTS).number(stream).build())
}

/// The prefix of a shard's records.
pub(crate) fn records(shard: u32) -> Key {
    shard.to_be_bytes().into_iter().fold(KeyBuilder::relative().byte(RECORD), KeyBuilder::byte).build()
}

/// All consumers of a stream.
pub(crate) fn consumers(account: AccountId, region: &Region, stream: &str) -> Scope {
    let all = KeyBuilder::new(CONSUMERS).number(account.value()).part(region.as_str());
    Scope::new(all.part(stream).build())
}

/// One consumer.
pub(crate) fn consumer(account: AccountId, region: &Region, stream: &str, consumer: &str) -> Scope {
    let all = KeyBuilder::new(CONSUMERS).number(account.value()).part(region.as_str());
    Scope::new(all.part(stream).part(consumer).build())
}

/// A scope in which there is no record: namespace 0 belongs to nobody.
pub(crate) fn nothing() -> Scope {
    Scope::new([0])
}
