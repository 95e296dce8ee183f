//! A change of an item: everything that follows from it happens in the same transaction. Every way to write an item
//! leads through [`stage`].

use kurodo_store::{Reader, Transaction};

use super::Written;
use crate::{
    Error,
    attribute::Item,
    definition::{Definition, Index},
    encryption::TableKey,
    facts::TableFacts,
    history::Noting,
    layout, streams,
};

/// When an item is changed, and by whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Occasion {
    /// In milliseconds since 1970.
    pub(crate) now: i64,
    pub(crate) by: Author,
}

/// Who changes an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Author {
    /// Whoever called an operation.
    Caller,
    /// The service itself, because the item's time to live was over.
    Expiry,
}

impl Occasion {
    /// An operation that was called at this time, in milliseconds since 1970.
    pub(crate) fn call(now: i64) -> Self {
        Self { now, by: Author::Caller }
    }
}

/// Whether what follows from a change hangs on the item before, so that it must be read.
pub(crate) fn looks_back(definition: &Definition) -> bool {
    let streams = definition.stream.is_some_and(|stream| stream.enabled);
    streams || !definition.indexes.is_empty()
}

/// Adds to a transaction that the item of this key is another one now, and what follows from that: its copies in
/// indexes, what the table's stream tells, and what the item was until this time, where that is kept. `reader` reads
/// what the transaction is based on; what is stored of the item is sealed with the table's key.
pub(crate) fn stage(
    transaction: &mut Transaction<'_>,
    reader: &Reader<'_>,
    (facts, table): (&TableFacts, &TableKey),
    key: &[u8],
    written: &Written,
    occasion: Occasion,
    (noting, time): (&Noting, u64),
) -> Result<(), Error> {
    match &written.new {
        Some(item) => transaction.put(key, table.seal(key, item)?),
        None => transaction.delete(key),
    };
    for index in &facts.definition.indexes {
        reindex(transaction, (facts, table), index, written)?;
    }
    noting.note(reader, time, transaction, key, (written, table))?;
    streams::append(transaction, reader, (facts, table), written, occasion)
}

fn reindex(
    transaction: &mut Transaction<'_>,
    (facts, table): (&TableFacts, &TableKey),
    index: &Index,
    written: &Written,
) -> Result<(), Error> {
    let (before, after) =
        (place(facts, index, written.old.as_ref()), place(facts, index, written.new.as_ref()));
    if let Some(before) = before.as_ref().filter(|before| Some(*before) != after.as_ref()) {
        transaction.delete(before);
    }
    if let (Some(after), Some(item)) = (after, &written.new) {
        let copy = table.seal(&after, &index.copy(&facts.definition.key, item))?;
        transaction.put(after, copy);
    }
    Ok(())
}

fn place(facts: &TableFacts, index: &Index, item: Option<&Item>) -> Option<kurodo_store::Key> {
    layout::indexed(index.number, &index.key, &facts.definition.key, item?)
}

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;
