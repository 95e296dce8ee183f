//! Tables that come under a key of KMS or leave it while they are used: see [`Crossing`](crate::encryption::Crossing).

use kurodo_authz::Permit;
use kurodo_gateway::{Errand, Keeper, Progress};
use kurodo_store::{Key, Record, Scan, Transaction, Writer};

use super::{indexing::Contents, settings::record};
use crate::{
    DynamoDb, Error,
    definition::Definition,
    encryption::{Crossing, TableKey},
    error::DamagedTable,
    facts::TableFacts,
    history::{Noting, journal_anew},
    items::{changed, some},
    layout::{self, Past, Shelf},
    streams,
    table::{action, chore},
};

/// How many records are stored anew together; in tests, few.
const TOGETHER: usize = if cfg!(test) { 3 } else { 500 };
/// How many pieces are done in one go.
const AT_ONCE: usize = 16;
/// Bytes of a number of a row.
const ROW: usize = 4;

type Table<'r> = Permit<'r, action::UpdateTable>;
type Streams<'r> = Permit<'r, action::SwitchStream>;

/// A table on its way, with what lets it be changed.
struct UnderWay<'r> {
    permit: &'r Table<'r>,
    contents: &'r Contents<'r>,
    streams: &'r Streams<'r>,
    facts: &'r TableFacts,
    /// In milliseconds since 1970.
    now: i64,
}

impl DynamoDb {
    /// Stores the next records anew; `true` once there are no more.
    async fn store_anew(
        &self,
        contents: &Contents<'_>,
        (facts, table): (&TableFacts, &TableKey),
        now: i64,
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
        let past = (&Noting::read(&writer)?, self.clock.tick(now));
        past.0.expect(&mut transaction);
        let Some(next) = stage(&writer, &mut transaction, (&facts.definition, table), past, at)? else {
            return Ok(true);
        };
        transaction.put(&key, next);
        changed(transaction.commit().await)?;
        Ok(false)
    }

    /// Says how far the table is now, in the same transaction as this one, and so does its stream; `false` where something was
    /// changed meanwhile.
    async fn advance(
        &self,
        work: &UnderWay<'_>,
        definition: &Definition,
        with: Transaction<'_>,
    ) -> Result<bool, Error> {
        let UnderWay { permit, streams, facts, now, .. } = work;
        let (writer, of_streams) = (self.store.write(*permit), self.store.write(*streams));
        let mut transaction = writer.transaction();
        transaction.expect_fact(&facts.current).put([], record(definition)?);
        let (before, after) = (Some(&facts.definition), Some(definition));
        let followed = streams::stage(&of_streams, streams.resource(), before, after, *now)?;
        followed.into_iter().for_each(|stream| _ = transaction.join(stream));
        transaction.join(with);
        Ok(changed(transaction.commit().await)?.is_some())
    }

    /// From now on the table is written as it will be. Whatever reads what it was at a point in time has ended by then, and
    /// nothing that does begins before the table has arrived.
    async fn begin(&self, work: &UnderWay<'_>, crossing: Crossing) -> Result<(), Error> {
        let items = self.store.write(work.contents);
        let noting = Noting::read(&items)?;
        if noting.history.is_read() {
            return Ok(());
        }
        let definition = Definition { crossing: Some(crossing), ..work.facts.definition.clone() };
        let mut begun = items.transaction();
        noting.expect(&mut begun);
        streams::turn(&mut begun, &definition)?;
        self.advance(work, &definition, begun).await.map(drop)
    }

    /// Says that the table has arrived.
    async fn arrived(&self, work: &UnderWay<'_>, enters: bool) -> Result<(), Error> {
        let UnderWay { contents, facts, .. } = work;
        let mut definition = Definition { crossing: None, ..facts.definition.clone() };
        if !enters {
            (definition.protection, definition.inaccessible) = (None, None);
        }
        let items = self.store.write(*contents);
        let mut progress = items.transaction();
        progress.delete(layout::anew_progress());
        if let (true, false, Some(left)) =
            (self.advance(work, &definition, progress).await?, enters, &facts.definition.protection)
        {
            // DynamoDB opens nothing more under the key by itself: a grant that is left over is of no use.
            _ = self.vault.give_up(left, &facts.place()).await;
        }
        Ok(())
    }

    /// Brings a table some way further.
    async fn cross(&self, work: &UnderWay<'_>) -> Result<Progress, Error> {
        let UnderWay { contents, facts, now, .. } = work;
        let Some(crossing) = facts.definition.crossing else { return Ok(Progress::Done) };
        if !crossing.is_ripe(*now) {
            return Ok(Progress::Done);
        }
        if let Some(next) = crossing.next(*now) {
            self.begin(work, next).await?;
            return Ok(Progress::Done);
        }
        let Some(table) = self.vault.unlock_own(facts, *now).await? else { return Ok(Progress::Done) };
        for _ in 0..AT_ONCE {
            if self.store_anew(contents, (facts, &table), *now).await? {
                self.arrived(work, crossing.enters).await?;
                return Ok(Progress::Done);
            }
        }
        Ok(Progress::More)
    }
}

impl Keeper<chore::CrossTables> for DynamoDb {
    async fn keep(&self, errand: Errand<'_, Self, chore::CrossTables>) -> Result<Progress, Error> {
        let ((permit, contents, streams), now) = (&errand.permits, errand.call.now_ms);
        let Some(facts) = contents.resource().facts() else { return Ok(Progress::Done) };
        match self.cross(&UnderWay { permit, contents, streams, facts, now }).await {
            Err(Error::TableChanged) => Ok(Progress::More),
            done => done,
        }
    }
}

/// Which row is gone through, and after which key.
type Place = (usize, Vec<u8>);

fn place(record: &[u8]) -> Result<Place, Error> {
    let (at, after) = record.split_first_chunk::<ROW>().ok_or_else(damaged)?;
    Ok((usize::try_from(u32::from_be_bytes(*at)).map_err(|_| damaged())?, after.to_vec()))
}

fn damaged() -> Error {
    DamagedTable("(how far its items are stored anew)".to_owned()).into()
}

/// What is stored anew. What is written meanwhile is stored as it will be in each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Row {
    Shelf(Shelf),
    Journal,
}

impl Row {
    fn all(definition: &Definition) -> impl Iterator<Item = Self> {
        let indexes = definition.indexes.iter().map(|index| Shelf::Index(index.number));
        std::iter::once(Shelf::Items).chain(indexes).map(Self::Shelf).chain([Self::Journal])
    }

    fn prefix(self) -> Key {
        match self {
            Self::Shelf(shelf) => shelf.all(),
            Self::Journal => Past::journal(),
        }
    }

    /// A record of the row, as it is stored from now on; nothing where that is the same.
    fn anew(self, record: &Record, table: &TableKey) -> Result<Option<Vec<u8>>, Error> {
        match self {
            Self::Shelf(_) => table.anew(&record.key, &record.value),
            Self::Journal => journal_anew(record, table),
        }
    }
}

/// Adds to a transaction what of the next records is stored otherwise, and tells the place after them; nothing where there is
/// none. Backups keep what they are of as it was stored.
fn stage(
    writer: &Writer<'_>,
    transaction: &mut Transaction<'_>,
    (definition, table): (&Definition, &TableKey),
    (noting, time): (&Noting, u64),
    (mut at, mut after): Place,
) -> Result<Option<Vec<u8>>, Error> {
    while let Some(row) = Row::all(definition).nth(at) {
        let scan = Scan::within(row.prefix());
        let scan = if after.is_empty() { scan } else { scan.after(&after) };
        let records = some(writer, &scan, TOGETHER)?;
        let Some(last) = records.last() else {
            (at, after) = (at + 1, Vec::new());
            continue;
        };
        for record in &records {
            if let Some(anew) = row.anew(record, table)? {
                transaction.expect_version(&record.key, record.version).put(&record.key, anew);
                if row == Row::Shelf(Shelf::Items) {
                    noting.note_anew(time, transaction, record);
                }
            }
        }
        let at = u32::try_from(at).map_err(|_| damaged())?;
        return Ok(Some([&at.to_be_bytes()[..], &last.key].concat()));
    }
    Ok(None)
}

/// Stores the next records after a place anew, for tests of what is kept.
#[cfg(test)]
pub(crate) async fn anew(
    door: &kurodo_store::CoreDoor,
    table: (&Definition, &TableKey),
    time: u64,
    at: &[u8],
) -> Result<Option<Vec<u8>>, Error> {
    let writer = door.write();
    let mut transaction = writer.transaction();
    let (noting, at) = (Noting::read(&writer)?, if at.is_empty() { Place::default() } else { place(at)? });
    let next = stage(&writer, &mut transaction, table, (&noting, time), at)?;
    transaction.commit().await?;
    Ok(next)
}

#[cfg(test)]
mod tests {
    use kurodo_keys::SecretKey;
    use kurodo_store::{Store, StoreOptions};

    use super::*;
    use crate::{
        attribute::{Attribute, Item},
        definition::sample,
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
            let (mut at, table) = (Vec::new(), key(Crossing::new(enters, 0).next(0)));
            while let Some(next) = anew(&door, (&definition, &table), 0, &at).await.unwrap() {
                at = next;
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
