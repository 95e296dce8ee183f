use kurodo_store::{MAX_VALUE, Reader, Transaction};

use super::{
    TableStream,
    entry::{Entry, Event},
    shard,
};
use crate::{
    Error,
    encryption::TableKey,
    facts::TableFacts,
    items::{Occasion, Written},
    layout,
};

/// Marks a part of a stream's record that goes on in the next part: two large images do not fit into one of the store.
pub(super) const MORE: u8 = 1;
/// Marks a part that goes on from the one before.
pub(super) const CONTINUED: u8 = 2;

/// Adds to the transaction of a change what the table's stream has of it, if the table has a stream and the change
/// is one. Writers do not wait for each other: the commit gives each record its place.
pub(crate) fn append(
    transaction: &mut Transaction<'_>,
    reader: &Reader<'_>,
    (facts, table): (&TableFacts, &TableKey),
    written: &Written,
    occasion: Occasion,
) -> Result<(), Error> {
    let enabled = facts.definition.stream.filter(|stream| stream.enabled);
    let (Some(stream), Some(event)) = (enabled, Event::of(written)) else { return Ok(()) };
    open_shard(transaction, reader, stream, occasion.now)?;
    let entry = Entry::new(&facts.definition.key, stream.view, event, written, occasion).encode();
    let prefix = layout::stream_entries(stream.created);
    let entry = table.seal_entry(&prefix, entry)?;
    let parts = entry.chunks(MAX_VALUE - 1);
    let last = parts.len().saturating_sub(1);
    for (at, part) in parts.enumerate() {
        let mark = if at > 0 { CONTINUED } else { 0 } | if at < last { MORE } else { 0 };
        transaction.append(&prefix, [&[mark], part].concat());
    }
    Ok(())
}

/// The first change of an epoch opens its shard.
fn open_shard(
    transaction: &mut Transaction<'_>,
    reader: &Reader<'_>,
    stream: TableStream,
    now: i64,
) -> Result<(), Error> {
    let epoch = shard::epoch(stream.created, now);
    let key = layout::opened(stream.created, epoch);
    if epoch > 0 && reader.get(&key)?.is_none() {
        transaction.expect_absent(&key);
        transaction.put(&key, now.to_be_bytes().to_vec());
    }
    Ok(())
}
