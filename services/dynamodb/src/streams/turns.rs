//! Where a stream's records begin to be stored otherwise, because its table comes under a key of KMS or leaves it.
//!
//! Records stay as they were written. Every write relies on the definition of its table, so that the transaction that changes
//! how the table is written divides the stream: it leaves a turn, and the place of the turn tells which records lie before it.

use kurodo_store::{Place, Reader, Scan, Transaction, Version};
use serde::{Deserialize, Serialize};

use super::{StreamDefinition, sequence::first};
use crate::{
    Error,
    attribute::Damaged,
    definition::Definition,
    encryption::{Crossing, Protection},
    layout,
};

/// How the records before a place are stored, and those after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Turn {
    /// The key of KMS that those are under which have no other turn before this one.
    before: Option<Protection>,
    /// Whether those behind it are sealed with the key of the stream's definition.
    seals: bool,
}

/// The turns of a stream, the oldest first, each with the transaction that made it.
#[derive(Debug, Default)]
pub(super) struct Turns(Vec<(Version, Turn)>);

/// Adds to a transaction on the items of a table that what its stream gets from now on is stored as this definition says.
pub(crate) fn turn(contents: &mut Transaction<'_>, definition: &Definition) -> Result<(), Error> {
    let Some(stream) = definition.stream.filter(|stream| stream.enabled) else { return Ok(()) };
    if let Some(crossing) = definition.crossing {
        let turn = Turn::new(crossing, definition.protection.as_ref()).record()?;
        contents.append(layout::stream_turns(stream.created), turn);
    }
    Ok(())
}

impl Turn {
    fn new(crossing: Crossing, protection: Option<&Protection>) -> Self {
        Self { before: protection.filter(|_| !crossing.enters).cloned(), seals: crossing.enters }
    }

    fn record(&self) -> Result<Vec<u8>, Error> {
        Ok(serde_json::to_vec(self).map_err(|_| Damaged)?)
    }
}

impl Turns {
    /// Those of the stream that this reader reaches.
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, Error> {
        let mut turns = Vec::new();
        for record in reader.scan(&Scan::within(layout::turns()))? {
            let place = Place::of(&record.key).ok_or(Damaged)?;
            turns.push((place.version, serde_json::from_slice(&record.value).map_err(|_| Damaged)?));
        }
        Ok(Self(turns))
    }

    /// What the record is sealed with that this transaction wrote.
    pub(super) fn protection<'s>(
        &'s self,
        stream: &'s StreamDefinition,
        written: Version,
    ) -> Option<&'s Protection> {
        if let Some((_, turn)) = self.0.iter().find(|(version, _)| *version > written) {
            return turn.before.as_ref();
        }
        let seals = match (self.0.last(), stream.crossing) {
            (Some((_, turn)), _) => turn.seals,
            (None, Some(crossing)) => crossing.seals(),
            (None, None) => true,
        };
        stream.protection.as_ref().filter(|_| seals)
    }

    /// What records from this place on are sealed with beside the key of the stream's definition.
    pub(super) fn left(&self, reader: &Reader<'_>, from: Place) -> Result<Vec<&Protection>, Error> {
        let (mut left, mut from) = (Vec::new(), from);
        for (version, turn) in &self.0 {
            if let Some(before) = &turn.before
                && is_any(reader, from, *version)?
            {
                left.push(before);
            }
            from = from.max(first(*version));
        }
        Ok(left)
    }
}

/// Whether there is a record from this place on that a transaction before this one wrote.
fn is_any(reader: &Reader<'_>, from: Place, end: Version) -> Result<bool, Error> {
    let entries = layout::entries();
    let start = [&*entries, &from.bytes()].concat();
    let Some(record) = reader.cursor(&Scan::within(entries).from(start))?.next().transpose()? else {
        return Ok(false);
    };
    Ok(Place::of(&record.key).ok_or(Damaged)?.version < end)
}

/// Adds to a transaction that turns are forgotten of which there are no records any more: of those before this place.
pub(super) fn forget(
    reader: &Reader<'_>,
    transaction: &mut Transaction<'_>,
    left: Version,
) -> Result<(), Error> {
    for record in reader.scan(&Scan::within(layout::turns()))? {
        if Place::of(&record.key).ok_or(Damaged)?.version <= left {
            transaction.delete(&record.key);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use kurodo_keys::SecretKey;
    use kurodo_store::{CoreDoor, Store, StoreOptions};

    use super::*;
    use crate::{
        attribute::{Attribute, Item},
        encryption::{StreamKeys, TableKey},
        items::{Author, Occasion, Written},
        streams::{
            StreamFacts, StreamName, View,
            entry::{Entry, Event},
            read::Stream,
        },
    };

    const CREATED: i64 = 5;

    fn protection() -> Protection {
        serde_json::from_str(r#"{"arn":"key","sealed":""}"#).unwrap()
    }

    fn key() -> TableKey {
        TableKey::opened(&SecretKey::from_bytes([1; SecretKey::LEN]))
    }

    /// A stream as it is defined while its table is so.
    fn stream(protection: Option<Protection>, crossing: Option<Crossing>) -> StreamDefinition {
        let (contents, key) = (1, crate::definition::sample().key);
        StreamDefinition {
            contents,
            view: View::Both,
            key,
            disabled: None,
            policy: None,
            protection,
            crossing,
        }
    }

    async fn put(door: &CoreDoor, table: &TableKey, value: usize) {
        let item = Item::from([("h".into(), Attribute::String(value.to_string()))]);
        let written = Written { old: None, version: None, new: Some(item) };
        let occasion = Occasion { now: 0, by: Author::Caller };
        let key = crate::definition::sample().key;
        let entry = Entry::new(&key, View::Both, Event::Insert, &written, occasion).encode();
        let sealed = table.seal_entry(&layout::stream_entries(CREATED), entry).unwrap();
        let writer = door.write();
        let mut transaction = writer.transaction();
        transaction.append(layout::entries(), [&[0], &sealed[..]].concat());
        transaction.commit().await.unwrap();
    }

    async fn make(door: &CoreDoor, turn: &Turn) {
        let writer = door.write();
        let mut transaction = writer.transaction();
        transaction.append(layout::turns(), turn.record().unwrap());
        transaction.commit().await.unwrap();
    }

    /// The places of the records that whoever knows the stream so reads with these keys.
    fn places(
        door: &CoreDoor,
        definition: &StreamDefinition,
        keys: &StreamKeys,
    ) -> Result<Vec<Place>, Error> {
        let reader = door.read();
        let (_, current) = reader.fact(b"definition").unwrap();
        let arn = "arn:aws:dynamodb:us-east-1:111122223333:table/Forum/stream/1970-01-01T00:00:00.005";
        let name = StreamName::from_arn(&"us-east-1".parse().unwrap(), arn).unwrap();
        assert_eq!(name.created, CREATED);
        let facts = StreamFacts { name, definition: definition.clone(), current, policy: None };
        let from = first(Version::from_number(0));
        Stream::read(&reader, (&facts, keys), from, None)?.map(|stored| Ok(stored?.place)).collect()
    }

    #[tokio::test]
    async fn records_stay_as_they_were_written_whatever_their_table_is_under() {
        let dir = tempfile::tempdir().unwrap();
        let secret = SecretKey::from_bytes([7; SecretKey::LEN]);
        let (_store, door) = Store::open(dir.path(), &secret, &StoreOptions::default()).unwrap();
        let all = StreamKeys::with(protection(), key());
        // Under no key, on its way under one, under it, on its way from it, and again under none.
        let (entering, leaving) = (Crossing::new(true, 0), Crossing::new(false, 0));
        let ways = [
            stream(None, None),
            stream(Some(protection()), Some(entering)),
            stream(Some(protection()), entering.next(0)),
            stream(Some(protection()), None),
            stream(Some(protection()), Some(leaving)),
            stream(Some(protection()), leaving.next(0)),
            stream(None, None),
        ];
        let seals = [false, false, true, true, true, false, false];
        for (at, definition) in ways.iter().enumerate() {
            if let Some(crossing) = definition.crossing.filter(|crossing| crossing.seals() == crossing.enters)
            {
                make(&door, &Turn::new(crossing, definition.protection.as_ref())).await;
            }
            let sealing = key().within(definition.crossing);
            put(&door, if seals[at] { &sealing } else { TableKey::none() }, at).await;
            // Who knows it as it was a step before reads it all the same.
            for known in [at, at.saturating_sub(1)] {
                let found = places(&door, &ways[known], &all).unwrap();
                assert_eq!(found.len(), at + 1, "way {at}, known as {known}");
            }
        }
        // The turns tell what has to be opened, from where on.
        let found = places(&door, &ways[6], &all).unwrap();
        assert!(places(&door, &ways[6], &StreamKeys::default()).is_err());
        let (reader, turns) = (door.read(), Turns::read(&door.read()).unwrap());
        let before = |at: usize| turns.left(&reader, found[at]).unwrap();
        for (at, sealed) in [(0, true), (2, true), (4, true), (5, false), (6, false)] {
            assert_eq!(before(at) == [&protection()], sealed, "from {at}");
        }
        // Once what is before a turn is gone, so is the turn.
        for (at, left) in [(1, 2), (2, 1), (5, 0)] {
            let writer = door.write();
            let mut transaction = writer.transaction();
            forget(&writer, &mut transaction, found[at].version).unwrap();
            transaction.commit().await.unwrap();
            assert_eq!(Turns::read(&door.read()).unwrap().0.len(), left);
        }
    }
}
