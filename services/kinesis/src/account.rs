//! What an account has of shards and streams in a region, and may have.
//!
//! Source: Kinesis Developer Guide, "Quotas and limits".

use kurodo_arn::Region;
use kurodo_store::{Reader, Scan};

use crate::{Error, facts, names::StreamName};

/// The most streams that scale by themselves.
pub(crate) const ON_DEMAND: usize = 50;

/// The most open shards of an account in a region.
pub(crate) fn shard_limit(region: &Region) -> u32 {
    match region.as_str() {
        "us-east-1" | "us-west-2" | "eu-west-1" => 500,
        _ => 200,
    }
}

/// What an account has in a region.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// Open shards of streams whose shards are provisioned.
    pub(crate) shards: u32,
    /// Streams that scale by themselves.
    pub(crate) on_demand: usize,
}

impl Held {
    /// What there is below this prefix.
    pub(crate) fn count(reader: &Reader<'_>, prefix: &[u8]) -> Result<Self, Error> {
        let mut held = Self::default();
        for record in reader.cursor(&Scan::within(prefix))? {
            let Ok(definition) = facts::decode(&record?.value, "") else { continue };
            match (definition.deleting, definition.on_demand) {
                (true, _) => {}
                (false, true) => held.on_demand += 1,
                (false, false) => held.shards += definition.count(),
            }
        }
        Ok(held)
    }

    /// That there may be so many open shards more.
    pub(crate) fn room(&self, stream: &StreamName, more: u32) -> Result<(), Error> {
        let limit = shard_limit(&stream.region);
        match self.shards.saturating_add(more) > limit {
            true => Err(Error::too_many_shards(stream, self.shards, limit, more)),
            false => Ok(()),
        }
    }

    /// That there may be one more stream that scales by itself.
    pub(crate) fn room_on_demand(&self, stream: &StreamName) -> Result<(), Error> {
        if self.on_demand < ON_DEMAND {
            return Ok(());
        }
        let StreamName { account, region, .. } = stream;
        Err(Error::LimitExceeded(format!(
            "This request would exceed the on-demand stream limit for the account {account} in {region}. Limit: \
             {ON_DEMAND}."
        )))
    }
}
