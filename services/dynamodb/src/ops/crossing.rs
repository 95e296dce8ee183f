//! Tables that come under a key of KMS or leave it while they are used: see [`Crossing`](crate::encryption::Crossing).

use kurodo_authz::Permit;
use kurodo_gateway::{Errand, Keeper, Progress};
use kurodo_store::{Scan, Transaction, Writer};

use super::{indexing::Contents, settings::record};
use crate::{
    DynamoDb, Error,
    definition::Definition,
    encryption::TableKey,
    error::DamagedTable,
    facts::TableFacts,
    history::Noting,
    items::{ATTEMPTS, changed, some},
    layout::{self, Past, Shelf},
    table::{action, chore},
};

/// How many records are stored anew together.
const TOGETHER: usize = 500;
/// How many pieces are done in one go.
const AT_ONCE: usize = 16;
/// Bytes of a number of a shelf.
const SHELF: usize = 4;

type Table<'r> = Permit<'r, action::UpdateTable>;

impl DynamoDb {
    /// Says that the table is on its way. What is kept of its past cannot go along, so nothing may be, nor can be until it has
    /// arrived.
    pub(super) async fn begin_crossing(
        &self,
        permit: &Table<'_>,
        contents: &Contents<'_>,
        definition: &Definition,
    ) -> Result<(), Error> {
        let current = &permit.resource().existing()?.current;
        for _ in 0..ATTEMPTS {
            let (writer, items) = (self.store.write(permit), self.store.write(contents));
            let noting = Noting::read(&items)?;
            if !noting.history.is_empty() {
                let member = "SSESpecification that takes a table with backups or point-in-time recovery between the default and a key of KMS";
                return Err(Error::NotImplemented { operation: "UpdateTable", member });
            }
            for prefix in [Past::Kept.all(), Past::journal()] {
                if !items.scan(&Scan::within(prefix).limit(1))?.is_empty() {
                    let message =
                        "Attempt to change a resource which is still in use: Table's past is being deleted";
                    return Err(Error::ResourceInUse(message.to_owned()));
                }
            }
            let mut kept = items.transaction();
            noting.expect(&mut kept);
            let mut transaction = writer.transaction();
            transaction.expect_fact(current).put([], record(definition)?);
            transaction.join(kept);
            if changed(transaction.commit().await)?.is_some() {
                return Ok(());
            }
        }
        Err(Error::TransactionConflict)
    }

    /// Stores the next records anew; `true` once there are no more.
    async fn store_anew(
        &self,
        contents: &Contents<'_>,
        (facts, table): (&TableFacts, &TableKey),
    ) -> Result<bool, Error> {
        let (writer, key) = (self.store.write(contents), layout::anew_progress());
        let progress = writer.get(&key)?;
        let at = progress.as_ref().map(|found| place(&found.value)).transpose()?.unwrap_or_default();
        let mut transaction = writer.transaction();
        transaction.expect_fact(&facts.current);
        match &progress {
            Some(found) => transaction.expect_version(&key, found.version),
            None => transaction.expect_absent(&key),
        };
        let Some(next) = stage(&writer, &mut transaction, (&facts.definition, table), at)? else {
            return Ok(true);
        };
        transaction.put(&key, next);
        changed(transaction.commit().await)?;
        Ok(false)
    }

    /// Says that the table has arrived.
    async fn arrived(
        &self,
        permit: &Table<'_>,
        contents: &Contents<'_>,
        facts: &TableFacts,
        enters: bool,
    ) -> Result<(), Error> {
        let mut definition = Definition { crossing: None, ..facts.definition.clone() };
        if !enters {
            (definition.protection, definition.inaccessible) = (None, None);
        }
        let (writer, items) = (self.store.write(permit), self.store.write(contents));
        let mut transaction = writer.transaction();
        transaction.expect_fact(&facts.current).put([], record(&definition)?);
        let mut progress = items.transaction();
        progress.delete(layout::anew_progress());
        transaction.join(progress);
        changed(transaction.commit().await)?;
        if let (false, Some(left)) = (enters, &facts.definition.protection) {
            // Nothing lies under the key any more: a grant that is left over opens nothing that is stored.
            _ = self.vault.give_up(left, &facts.place()).await;
        }
        Ok(())
    }

    /// Brings a table some way further.
    async fn cross(
        &self,
        permit: &Table<'_>,
        contents: &Contents<'_>,
        facts: &TableFacts,
        now: i64,
    ) -> Result<Progress, Error> {
        let Some(crossing) = facts.definition.crossing else { return Ok(Progress::Done) };
        if !crossing.is_ripe(now) {
            return Ok(Progress::Done);
        }
        if let Some(next) = crossing.next(now) {
            let definition = Definition { crossing: Some(next), ..facts.definition.clone() };
            let writer = self.store.write(permit);
            let mut transaction = writer.transaction();
            transaction.expect_fact(&facts.current).put([], record(&definition)?);
            changed(transaction.commit().await)?;
            return Ok(Progress::Done);
        }
        let Some(table) = self.vault.unlock_own(facts, now).await? else { return Ok(Progress::Done) };
        for _ in 0..AT_ONCE {
            if self.store_anew(contents, (facts, &table)).await? {
                self.arrived(permit, contents, facts, crossing.enters).await?;
                return Ok(Progress::Done);
            }
        }
        Ok(Progress::More)
    }
}

impl Keeper<chore::CrossTables> for DynamoDb {
    async fn keep(&self, errand: Errand<'_, Self, chore::CrossTables>) -> Result<Progress, Error> {
        let (permit, contents) = &errand.permits;
        let Some(facts) = contents.resource().facts() else { return Ok(Progress::Done) };
        match self.cross(permit, contents, facts, errand.call.now_ms).await {
            Err(Error::TableChanged) => Ok(Progress::More),
            done => done,
        }
    }
}

/// Which shelf is gone through, and after which key.
type Place = (usize, Vec<u8>);

fn place(record: &[u8]) -> Result<Place, Error> {
    let (shelf, after) = record.split_first_chunk::<SHELF>().ok_or_else(damaged)?;
    Ok((usize::try_from(u32::from_be_bytes(*shelf)).map_err(|_| damaged())?, after.to_vec()))
}

fn damaged() -> Error {
    DamagedTable("(how far its items are stored anew)".to_owned()).into()
}

/// Adds to a transaction what of the next records is stored otherwise, and tells the place after them; nothing where there is
/// none.
fn stage(
    writer: &Writer<'_>,
    transaction: &mut Transaction<'_>,
    (definition, table): (&Definition, &TableKey),
    (mut shelf, mut after): Place,
) -> Result<Option<Vec<u8>>, Error> {
    let shelves = || {
        let indexes = definition.indexes.iter().map(|index| Shelf::Index(index.number));
        std::iter::once(Shelf::Items).chain(indexes)
    };
    while let Some(found) = shelves().nth(shelf) {
        let scan = Scan::within(found.all());
        let scan = if after.is_empty() { scan } else { scan.after(&after) };
        let records = some(writer, &scan, TOGETHER)?;
        let Some(last) = records.last() else {
            (shelf, after) = (shelf + 1, Vec::new());
            continue;
        };
        for record in &records {
            if let Some(anew) = table.anew(&record.key, &record.value)? {
                transaction.expect_version(&record.key, record.version).put(&record.key, anew);
            }
        }
        let shelf = u32::try_from(shelf).map_err(|_| damaged())?;
        return Ok(Some([&shelf.to_be_bytes()[..], &last.key].concat()));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use kurodo_keys::SecretKey;
    use kurodo_store::{Store, StoreOptions};

    use super::*;
    use crate::{
        attribute::{Attribute, Item},
        definition::sample,
        encryption::Crossing,
        ops::indexing::copy_for,
    };

    fn key(crossing: Option<Crossing>) -> TableKey {
        TableKey::opened(&SecretKey::from_bytes([1; SecretKey::LEN])).within(crossing)
    }

    #[tokio::test]
    async fn everything_is_stored_anew_the_indexes_included() {
        let dir = tempfile::tempdir().unwrap();
        let secret = SecretKey::from_bytes([7; SecretKey::LEN]);
        let (_store, door) = Store::open(dir.path(), &secret, &StoreOptions::default()).unwrap();
        let (writer, definition) = (door.write(), sample());
        let mut transaction = writer.transaction();
        for number in 0..TOGETHER + 7 {
            let text = Attribute::String(number.to_string());
            let item = Item::from([("h".into(), text.clone()), ("g".into(), text)]);
            let place = layout::item(&definition.key, &item).unwrap();
            // Some were written while the table was on its way.
            let sealed = key(None);
            let table = if number % 3 == 0 { &sealed } else { TableKey::none() };
            let (copied, copy) =
                copy_for((&definition, table), &definition.indexes[0], &item).unwrap().unwrap();
            transaction.put(copied, copy);
            transaction.put(&place, table.seal(&place, &item).unwrap());
        }
        transaction.commit().await.unwrap();
        for enters in [true, false] {
            let mut at = Place::default();
            let table = key(Crossing::new(enters, 0).next(0));
            loop {
                let writer = door.write();
                let mut transaction = writer.transaction();
                let next = stage(&writer, &mut transaction, (&definition, &table), at).unwrap();
                let Some(next) = next else { break };
                transaction.commit().await.unwrap();
                at = place(&next).unwrap();
            }
            let arrived = key(None);
            let table = if enters { &arrived } else { TableKey::none() };
            for shelf in [Shelf::Items, Shelf::Index(0)] {
                let records = door.read().scan(&Scan::within(shelf.all())).unwrap();
                assert_eq!(records.len(), TOGETHER + 7);
                assert!(records.iter().all(|one| table.open(&one.key, &one.value).is_ok()));
            }
        }
    }
}
