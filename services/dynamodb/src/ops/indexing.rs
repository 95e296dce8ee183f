//! Indexes that are added to a table with items, and taken away from one.

use kurodo_authz::Permit;
use kurodo_store::{Key, Record, Scan, Writer};

use super::{settings::record, sweeping::TOGETHER};
use crate::{
    DynamoDb, Error,
    attribute::{Item, decode, encode},
    definition::{Definition, Index, KeyAttribute},
    facts::TableFacts,
    items::{changed, some},
    layout::{self, Shelf},
    plan::check_item,
    table::action,
};

/// How many items are copied together.
const COPIED: usize = 500;

type Contents<'r> = Permit<'r, action::IndexContents>;

impl DynamoDb {
    /// Copies the items that were there before the index. Since it was defined every write keeps it up, and an item
    /// that is written meanwhile is looked at again.
    pub(super) async fn fill_index(
        &self,
        permit: &Contents<'_>,
        facts: &TableFacts,
        index: &Index,
    ) -> Result<(), Error> {
        let mut last: Option<Record> = None;
        loop {
            let writer = self.store.write(permit);
            let scan = Scan::within(Shelf::Items.all());
            let scan = match &last {
                Some(record) => scan.after(&record.key),
                None => scan,
            };
            let records = some(&writer, &scan, COPIED)?;
            let Some(end) = records.last().cloned() else { return Ok(()) };
            if copy(&writer, facts, index, &records).await? {
                last = Some(end);
            }
        }
    }

    /// Says that an index has all items.
    pub(super) async fn filled(
        &self,
        permit: &Permit<'_, action::UpdateTable>,
        facts: &TableFacts,
    ) -> Result<(), Error> {
        let mut definition = facts.definition.clone();
        definition.indexes.iter_mut().for_each(|index| index.building = false);
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_fact(&facts.current);
        transaction.put([], record(&definition)?);
        changed(transaction.commit().await)?;
        Ok(())
    }

    /// Deletes the copies of an index that is gone.
    pub(super) async fn clear_index(&self, permit: &Contents<'_>, number: u32) -> Result<(), Error> {
        loop {
            let writer = self.store.write(permit);
            let records = some(&writer, &Scan::within(Shelf::Index(number).all()), TOGETHER)?;
            if records.is_empty() {
                return Ok(());
            }
            let mut transaction = writer.transaction();
            records.iter().for_each(|record| _ = transaction.delete(&record.key));
            transaction.commit().await?;
        }
    }
}

/// Copies these items into the index; `false` where one of them was written meanwhile.
async fn copy(
    writer: &Writer<'_>,
    facts: &TableFacts,
    index: &Index,
    records: &[Record],
) -> Result<bool, Error> {
    let mut transaction = writer.transaction();
    transaction.expect_fact(&facts.current);
    for record in records {
        if let Some((place, copy)) = copy_for(&facts.definition, index, &decode(&record.value)?) {
            transaction.expect_version(&record.key, record.version);
            transaction.put(place, copy);
        }
    }
    Ok(changed(transaction.commit().await)?.is_some())
}

/// What an index has of an item, and where. An item whose attribute is of another type than the index's key is left
/// out, as in AWS.
pub(super) fn copy_for(definition: &Definition, index: &Index, item: &Item) -> Option<(Key, Vec<u8>)> {
    let fits = |key: &KeyAttribute| item.get(&key.name).is_some_and(|value| value.type_of() == key.kind);
    if !index.key.attributes().all(fits) || check_item(definition, item).is_err() {
        return None;
    }
    let place = layout::indexed(index.number, &index.key, &definition.key, item)?;
    Some((place, encode(&index.copy(&definition.key, item))))
}
