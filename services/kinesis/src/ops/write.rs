//! Putting records: each is one record more behind those of its shard.

use std::time::Instant;

use bytes::Bytes;
use kurodo_authz::{Action, Permit, Write};
use kurodo_envelope::SealedKey;
use kurodo_store::{Place, Version};

use super::settings::changed;
use crate::{
    Error, Kinesis,
    definition::Definition,
    entry::Entry,
    facts::StreamFacts,
    layout,
    resources::Records,
    sequence::Sequence,
    shard::{Shard, hash},
};

/// A record that is to be put.
pub(super) struct Given {
    pub(super) partition_key: Option<String>,
    pub(super) explicit_hash_key: Option<String>,
    pub(super) data: Bytes,
}

/// Why a shard takes everything.
const ALL: &str = "every hash key belongs to an open shard";

/// A record with the shard that it goes to.
pub(super) struct Routed<'d> {
    pub(super) shard: &'d Shard,
    /// The hash key.
    pub(super) key: u128,
    pub(super) entry: Entry,
}

impl<'d> Routed<'d> {
    /// Where a record goes.
    pub(super) fn find(definition: &'d Definition, given: Given, now: i64) -> Result<Self, Error> {
        let partition_key = given.partition_key.unwrap_or_default();
        let key = match &given.explicit_hash_key {
            Some(text) => explicit(text)?,
            None => hash(&partition_key),
        };
        let shard = definition.open().find(|shard| shard.range.contains(key));
        let shard = shard.ok_or_else(|| Error::Damaged(ALL.to_owned()))?;
        // A shard's first second may still be to come: its sequence numbers say when it was opened.
        let time = now.max(shard.created.saturating_mul(1000));
        Ok(Self { shard, key, entry: Entry { time, partition_key, data: given.data } })
    }
}

fn explicit(text: &str) -> Result<u128, Error> {
    text.parse().map_err(|_| {
        Error::invalid(format!(
            "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was {text}"
        ))
    })
}

impl Kinesis {
    /// Whether the shard takes one more record.
    pub(super) fn takes(&self, facts: &StreamFacts, routed: &Routed<'_>) -> bool {
        let Routed { shard, key, entry } = routed;
        let takes = self.meter.takes((facts.definition.contents, shard.number), entry.size());
        if !takes {
            self.heat.refused(facts, shard.number, *key, Instant::now());
        }
        takes
    }

    /// The shards did not take these records after all.
    fn untake(&self, contents: u64, records: &[&Routed<'_>]) {
        for routed in records {
            self.meter.untake((contents, routed.shard.number), routed.entry.size());
        }
    }

    /// Puts records, all of them or none, sealed where there is a data key, and gives their sequence numbers.
    pub(super) async fn append<A>(
        &self,
        permit: &Permit<'_, A>,
        facts: &StreamFacts,
        key: Option<&SealedKey>,
        records: &[&Routed<'_>],
    ) -> Result<Vec<Sequence>, Error>
    where
        A: Action<Access = Write, Resource = Records>,
    {
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_fact(&facts.current);
        let (mut change, mut changes) = (0, Vec::with_capacity(records.len()));
        for routed in records {
            changes.push(change);
            let prefix = layout::records(routed.shard.number);
            for part in routed.entry.encode(key)? {
                transaction.append(&prefix, part);
                change += 1;
            }
        }
        let committed = changed(transaction.commit().await);
        if matches!(committed, Err(Error::Changed)) {
            self.untake(facts.definition.contents, records);
        }
        let version: Version = committed?.version;
        self.bells.ring(facts.definition.contents);
        let numbers = records
            .iter()
            .zip(changes)
            .map(|(routed, change)| Sequence::of(routed.shard, Place { version, change }, routed.entry.time));
        Ok(numbers.collect())
    }
}
