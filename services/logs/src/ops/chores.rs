//! What nobody waits for: events that expire, and the contents of what was deleted.

use kurodo_gateway::{Errand, Keeper, Progress};
use kurodo_store::{Reader, Scan, Transaction};

use super::describe_log_streams::streams;
use crate::{
    Error, Logs,
    block::{BUCKET, Damaged, bucket},
    layout,
    table::chore,
};

/// Records that one transaction deletes.
const TOGETHER: usize = 2_000;

impl Keeper<chore::ExpireEvents> for Logs {
    async fn keep(&self, errand: Errand<'_, Self, chore::ExpireEvents>) -> Result<Progress, Error> {
        let permit = &errand.permits;
        let kept = permit.resource().existing()?.definition.kept_from(errand.call.now_ms);
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        let mut left = TOGETHER;
        for stream in streams(&writer, &Scan::within(layout::streams()))? {
            left -= expire(&writer, &mut transaction, stream?.1.id, bucket(kept), left)?;
        }
        transaction.commit().await?;
        // The next look finds what is left, and other groups.
        Ok(Progress::More)
    }
}

/// Deletes the blocks of a stream that are in earlier buckets than this one, at most so many.
fn expire(
    reader: &Reader<'_>,
    transaction: &mut Transaction<'_>,
    stream: u64,
    kept: i64,
    most: usize,
) -> Result<usize, Error> {
    let below = layout::events_below(stream);
    let mut deleted = 0;
    for record in reader.cursor(&Scan::within([&below[..], &layout::heads()].concat()))?.take(most) {
        let key = record?.key;
        let (first, place) = key.get(below.len()..).and_then(layout::parse_head).ok_or(Damaged)?;
        if first >= kept.saturating_mul(BUCKET) {
            break;
        }
        transaction.delete(&key);
        transaction.delete([&below[..], &layout::messages_of(place)].concat());
        deleted += 1;
    }
    Ok(deleted)
}

impl Keeper<chore::DiscardContents> for Logs {
    async fn keep(&self, errand: Errand<'_, Self, chore::DiscardContents>) -> Result<Progress, Error> {
        let permit = &errand.permits;
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        let mut found = 0;
        for record in writer.cursor(&Scan::default())?.take(TOGETHER) {
            transaction.delete(record?.key);
            found += 1;
        }
        if found == 0 {
            transaction.in_annex(permit).delete([]);
        }
        transaction.commit().await?;
        Ok(Progress::More)
    }
}
