//! Indexes that are added to a table with items, and taken away from one: piece by piece, while the table is used.

use kurodo_authz::Permit;
use kurodo_store::{Key, Scan, Writer};

use super::{settings::record, sweeping::TOGETHER};
use crate::{
    DynamoDb, Error,
    attribute::{Item, item_size},
    definition::{Definition, Index, KeyAttribute},
    encryption::TableKey,
    facts::TableFacts,
    items::{changed, some, write_units},
    layout::{self, Shelf},
    plan::check_item,
    table::action,
};

/// How many items are copied together.
const COPIED: usize = 500;

pub(super) type Contents<'r> = Permit<'r, action::IndexContents>;

impl DynamoDb {
    /// Does so many pieces of what the table's indexes need; `true` once they have all items, and what is gone has none.
    /// Where KMS does not let DynamoDB open the table, indexes are filled later.
    pub(super) async fn index_on(
        &self,
        permit: &Permit<'_, action::UpdateTable>,
        contents: &Contents<'_>,
        facts: &TableFacts,
        (pieces, now): (usize, i64),
    ) -> Result<bool, Error> {
        // What is cleared is not opened.
        let fills = facts.definition.indexes.iter().any(|index| index.building);
        let table = if fills { self.vault.unlock_own(facts, now).await? } else { None };
        for _ in 0..pieces {
            if self.index_some(permit, contents, (facts, table.as_ref())).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn index_some(
        &self,
        permit: &Permit<'_, action::UpdateTable>,
        contents: &Contents<'_>,
        (facts, table): (&TableFacts, Option<&TableKey>),
    ) -> Result<bool, Error> {
        let definition = &facts.definition;
        for number in &definition.clearing {
            if !self.clear_index(contents, *number).await? {
                return Ok(false);
            }
        }
        for index in definition.indexes.iter().filter(|index| index.building) {
            let Some(table) = table else { return Ok(false) };
            if !self.fill_index(contents, (facts, table), index).await? {
                return Ok(false);
            }
        }
        self.indexed(permit, contents, facts).await?;
        Ok(true)
    }

    /// Copies the next of the items that were there before the index; `true` once there are no more. Since the index
    /// was defined every write keeps it up, and an item that is written meanwhile is looked at again.
    async fn fill_index(
        &self,
        contents: &Contents<'_>,
        (facts, table): (&TableFacts, &TableKey),
        index: &Index,
    ) -> Result<bool, Error> {
        let writer = self.store.write(contents);
        let (scan, key) = (Scan::within(Shelf::Items.all()), layout::index_progress(index.number));
        let progress = writer.get(&key)?;
        let scan = match &progress {
            Some(progress) => scan.after(&progress.value),
            None => scan,
        };
        let records = some(&writer, &scan, COPIED)?;
        let Some(last) = records.last() else {
            self.meter.indexed(facts, index, 100.0, 0.0);
            return Ok(true);
        };
        let mut units = 0.0;
        let mut transaction = writer.transaction();
        transaction.expect_fact(&facts.current);
        for record in &records {
            let item = table.open(&record.key, &record.value)?;
            if let Some((place, copy)) = copy_for((&facts.definition, table), index, &item)? {
                units += write_units(item_size(&index.copy(&facts.definition.key, &item)));
                transaction.expect_version(&record.key, record.version);
                transaction.put(place, copy);
            }
        }
        match &progress {
            Some(progress) => transaction.expect_version(&key, progress.version),
            None => transaction.expect_absent(&key),
        };
        transaction.put(&key, last.key.clone());
        if changed(transaction.commit().await)?.is_some() {
            self.meter.indexed(facts, index, passed(&last.key), units);
        }
        Ok(false)
    }

    /// Deletes some copies of an index that is gone; `true` once there are no more.
    async fn clear_index(&self, contents: &Contents<'_>, number: u32) -> Result<bool, Error> {
        let writer = self.store.write(contents);
        let records = some(&writer, &Scan::within(Shelf::Index(number).all()), TOGETHER)?;
        let mut transaction = writer.transaction();
        records.iter().for_each(|record| _ = transaction.delete(&record.key));
        transaction.delete(layout::index_progress(number));
        transaction.commit().await?;
        Ok(records.is_empty())
    }

    /// Says that the indexes are as they should be.
    async fn indexed(
        &self,
        permit: &Permit<'_, action::UpdateTable>,
        contents: &Contents<'_>,
        facts: &TableFacts,
    ) -> Result<(), Error> {
        let mut definition = facts.definition.clone();
        let (writer, items) = (self.store.write(permit), self.store.write(contents));
        let mut transaction = writer.transaction();
        transaction.expect_fact(&facts.current);
        for index in definition.indexes.iter_mut().filter(|index| index.building) {
            index.building = false;
            transaction.join(done(&items, index.number));
        }
        definition.clearing.clear();
        transaction.put([], record(&definition)?);
        changed(transaction.commit().await)?;
        Ok(())
    }
}

/// Percent of a table's items that are passed with this one: they lie in the order of hashes, which are spread evenly.
fn passed(key: &[u8]) -> f64 {
    let hash = key.get(Shelf::Items.all().len()..).and_then(|rest| rest.first_chunk().copied());
    hash.map_or(0.0, |hash| f64::from(u32::from_be_bytes(hash)) / f64::from(u32::MAX) * 100.0)
}

fn done<'w>(items: &'w Writer<'_>, number: u32) -> kurodo_store::Transaction<'w> {
    let mut transaction = items.transaction();
    transaction.delete(layout::index_progress(number));
    transaction
}

/// What an index has of an item, as it is stored, and where. An item whose attribute is of another type than the index's
/// key is left out, as in AWS.
pub(super) fn copy_for(
    (definition, table): (&Definition, &TableKey),
    index: &Index,
    item: &Item,
) -> Result<Option<(Key, Vec<u8>)>, Error> {
    let fits = |key: &KeyAttribute| item.get(&key.name).is_some_and(|value| value.type_of() == key.kind);
    if !index.key.attributes().all(fits) || check_item(definition, item).is_err() {
        return Ok(None);
    }
    let place = layout::indexed(index.number, &index.key, &definition.key, item);
    let sealed = |place: Key| {
        let copy = table.seal(&place, &index.copy(&definition.key, item))?;
        Ok((place, copy))
    };
    place.map(sealed).transpose()
}
