//! Indexes that are added to a table with items, and taken away from one.

use kurodo_authz::Permit;
use kurodo_store::{Record, Scan, Writer};

use super::{delete_table::TOGETHER, settings::record};
use crate::{
    DynamoDb, Error,
    attribute::{decode, encode},
    definition::Index,
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
    let key = &facts.definition.key;
    let mut transaction = writer.transaction();
    transaction.expect_fact(&facts.current);
    for record in records {
        let item = decode(&record.value)?;
        // An item whose attribute is of another type than the index's key is left out, as in AWS.
        let fits =
            index.key.attributes().all(|key| item.get(&key.name).is_some_and(|v| v.type_of() == key.kind));
        if fits
            && check_item(&facts.definition, &item).is_ok()
            && let Some(place) = layout::indexed(index.number, &index.key, key, &item)
        {
            transaction.expect_version(&record.key, record.version);
            transaction.put(place, encode(&index.copy(key, &item)));
        }
    }
    Ok(changed(transaction.commit().await)?.is_some())
}
