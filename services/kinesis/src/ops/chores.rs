//! What nobody waits for.

use std::time::Instant;

use kurodo_authz::Permit;
use kurodo_gateway::{Errand, Keeper, Progress};
use kurodo_store::Scan;

use super::settings::changed;
use crate::{
    Error, Kinesis,
    entry::Part,
    layout,
    shard::Shard,
    table::{action, chore},
};

/// How many records are deleted together.
const TOGETHER: usize = 2000;
/// The most bytes of records that are looked at together, beyond the last one.
const BYTES: usize = 4 << 20;

/// What is relied on has changed meanwhile: the next look finds out what is to be done then.
fn unless_changed(done: Result<Progress, Error>) -> Result<Progress, Error> {
    match done {
        Err(Error::Changed) => Ok(Progress::Done),
        other => other,
    }
}

impl Keeper<chore::ReshapeStreams> for Kinesis {
    async fn keep(&self, errand: Errand<'_, Self, chore::ReshapeStreams>) -> Result<Progress, Error> {
        let permit = &errand.permits;
        let facts = permit.resource().existing()?;
        let mut definition = facts.definition.clone();
        let Some((reshape, _)) = definition.reshape.take() else { return Ok(Progress::Done) };
        reshape.apply(&mut definition, errand.call.now_ms);
        unless_changed(self.redefine(permit, &definition).await.map(|()| Progress::More))
    }
}

impl Keeper<chore::ScaleStreams> for Kinesis {
    async fn keep(&self, errand: Errand<'_, Self, chore::ScaleStreams>) -> Result<Progress, Error> {
        let (permit, now) = (&errand.permits, errand.call.now_ms);
        let Ok(mut definition) = permit.resource().active(now) else { return Ok(Progress::Done) };
        if !self.heat.cool(&mut definition, now, Instant::now()) {
            return Ok(Progress::Done);
        }
        unless_changed(self.redefine(permit, &definition).await.map(|()| Progress::More))
    }
}

impl Keeper<chore::EmptyStreams> for Kinesis {
    /// First what the stream holds, a part at a time, then the stream.
    async fn keep(&self, errand: Errand<'_, Self, chore::EmptyStreams>) -> Result<Progress, Error> {
        let (permit, contents) = &errand.permits;
        let facts = permit.resource().existing()?;
        let writer = self.store.write(contents);
        let (mut transaction, mut bytes, mut found) = (writer.transaction(), 0, 0);
        for record in writer.cursor(&Scan::default().limit(TOGETHER))? {
            let record = record?;
            transaction.delete(&record.key);
            (bytes, found) = (bytes + record.value.len(), found + 1);
            if found == TOGETHER || bytes > BYTES {
                break;
            }
        }
        if found > 0 {
            transaction.commit().await?;
            return Ok(Progress::More);
        }
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_fact(&facts.current).delete([]);
        unless_changed(changed(transaction.commit().await).map(|_| Progress::More))
    }
}

impl Keeper<chore::TrimStreams> for Kinesis {
    async fn keep(&self, errand: Errand<'_, Self, chore::TrimStreams>) -> Result<Progress, Error> {
        let mut progress = Progress::Done;
        for permit in &errand.permits {
            for shard in &permit.resource().existing()?.definition.shards {
                if self.trim(permit, shard, errand.call.now_ms).await? {
                    progress = Progress::More;
                }
            }
        }
        Ok(progress)
    }
}

impl Kinesis {
    /// Deletes records of a shard that are older than records are kept; `true` where there may be more of them.
    async fn trim(
        &self,
        permit: &Permit<'_, action::TrimRecords>,
        shard: &Shard,
        now: i64,
    ) -> Result<bool, Error> {
        let horizon = now.saturating_sub(permit.resource().existing()?.definition.kept());
        let writer = self.store.write(permit);
        let (mut transaction, mut bytes, mut found) = (writer.transaction(), 0, 0);
        for record in writer.cursor(&Scan::within(layout::records(shard.number)))? {
            let record = record?;
            let length = record.value.len();
            let part = Part::new(record.value);
            let old = part.is_continued() || part.time()? <= horizon;
            if !old || found == TOGETHER || bytes > BYTES {
                break;
            }
            transaction.delete(&record.key);
            (bytes, found) = (bytes + length, found + 1);
        }
        if found > 0 {
            transaction.commit().await?;
        }
        Ok(found == TOGETHER || bytes > BYTES)
    }
}

impl Keeper<chore::ForgetShards> for Kinesis {
    async fn keep(&self, errand: Errand<'_, Self, chore::ForgetShards>) -> Result<Progress, Error> {
        for permit in &errand.permits {
            let facts = permit.resource().existing()?;
            let (mut definition, now) = (facts.definition.clone(), errand.call.now_ms);
            let kept = definition.kept();
            definition.shards.retain(|shard| shard.is_kept(kept, now));
            unless_changed(self.redefine(permit, &definition).await.map(|()| Progress::Done))?;
        }
        Ok(Progress::Done)
    }
}
