//! One file per operation.

mod describe_stream;
mod get_records;
mod get_shard_iterator;
mod list_streams;

use kurodo_gateway::{Authorized, Reply, wire::Operation};
use kurodo_store::Reader;

use super::{
    DynamoDbStreams, StreamFacts,
    shard::{Shard, shards},
};
use crate::Error;

/// A call that was let through.
type Asked<'r, O> = Authorized<'r, DynamoDbStreams, O>;
/// What is answered to it.
type Answer<O> = Result<Reply<<O as Operation>::Output>, Error>;

/// The most things of a page that the request and the service allow.
fn limit(given: Option<i32>, most: usize) -> Result<usize, Error> {
    match given.map(usize::try_from) {
        None => Ok(most),
        Some(Ok(asked)) if asked <= most => Ok(asked),
        Some(_) => Err(Error::Validation(format!(
            "1 validation error detected: Value '{}' at 'limit' failed to satisfy constraint: Member must have value less than or equal to {most}",
            given.unwrap_or_default()
        ))),
    }
}

/// The shard of a stream that this is true of.
fn shard(
    reader: &Reader<'_>,
    facts: &StreamFacts,
    now: i64,
    is: impl Fn(&Shard) -> bool,
) -> Result<Shard, Error> {
    let missing = || Error::ResourceNotFound("Requested resource not found: Shard does not exist".to_owned());
    shards(reader, facts, now)?.into_iter().find(is).ok_or_else(missing)
}
