use bytes::BytesMut;
use kurodo_store::{Cursor, Key, Place, Reader, Record, Scan, Version};

use super::{
    StreamFacts,
    entry::Entry,
    sequence::{behind, first},
    shard::Shard,
    turns::Turns,
    write::{CONTINUED, MORE},
};
use crate::{Error, attribute::Damaged, encryption::StreamKeys, layout};

/// A record of a stream, where it stands.
pub(super) struct Stored {
    pub(super) place: Place,
    /// The place behind it.
    pub(super) next: Place,
    pub(super) entry: Entry,
}

/// The records of a stream from a place on, up to those of the transaction that opened the next shard.
pub(super) struct Stream<'k> {
    cursor: Cursor,
    end: Option<Version>,
    facts: &'k StreamFacts,
    turns: Turns,
    keys: &'k StreamKeys,
    /// Where the table's items see its records, to which they are bound.
    prefix: Key,
}

impl<'k> Stream<'k> {
    /// The records that this reader reaches.
    pub(super) fn read(
        reader: &Reader<'_>,
        (facts, keys): (&'k StreamFacts, &'k StreamKeys),
        from: Place,
        end: Option<Version>,
    ) -> Result<Self, Error> {
        let entries = layout::entries();
        let start = [&*entries, &from.bytes()].concat();
        let (cursor, prefix) =
            (reader.cursor(&Scan::within(entries).from(start))?, layout::stream_entries(facts.name.created));
        Ok(Self { cursor, end, facts, turns: Turns::read(reader)?, keys, prefix })
    }

    /// The next record with its place, if it belongs to the shard.
    fn part(&mut self) -> Result<Option<(Place, Record)>, Error> {
        let Some(record) = self.cursor.next().transpose()? else { return Ok(None) };
        let place = Place::of(&record.key).ok_or(Damaged)?;
        Ok(Some((place, record)).filter(|(place, _)| self.end.is_none_or(|end| place.version < end)))
    }

    /// The next record, put together from its parts. One that began before the place is left out.
    fn whole(&mut self) -> Result<Option<Stored>, Error> {
        let (mut place, mut record);
        loop {
            let Some(part) = self.part()? else { return Ok(None) };
            (place, record) = part;
            if !goes_on_from_before(&record) {
                break;
            }
        }
        let (mut last, mut whole) = (place, BytesMut::new());
        loop {
            let (mark, part) = record.value.split_first().ok_or(Damaged)?;
            whole.extend_from_slice(part);
            if mark & MORE == 0 {
                break;
            }
            (last, record) = self.part()?.ok_or(Damaged)?;
        }
        let table = self.keys.of(self.turns.protection(&self.facts.definition, place.version))?;
        let entry = Entry::decode(&table.open_entry(&self.prefix, whole.freeze())?)?;
        Ok(Some(Stored { place, next: behind(last), entry }))
    }
}

impl Iterator for Stream<'_> {
    type Item = Result<Stored, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.whole().transpose()
    }
}

fn goes_on_from_before(record: &Record) -> bool {
    record.value.first().is_some_and(|mark| mark & CONTINUED != 0)
}

/// Where the last record of a shard stands.
pub(super) struct Last {
    pub(super) place: Place,
    /// The place behind it.
    pub(super) next: Place,
}

/// Where the last record of a shard stands; `None` where it has none.
pub(super) fn last(reader: &Reader<'_>, shard: &Shard) -> Result<Option<Last>, Error> {
    let entries = layout::entries();
    let scan = Scan::within(&entries).backward();
    let scan = match shard.end {
        Some(end) => scan.after([&*entries, &first(end).bytes()].concat()),
        None => scan,
    };
    let mut next = None;
    for record in reader.cursor(&scan)? {
        let record = record?;
        let place = Place::of(&record.key).ok_or(Damaged)?;
        if place < shard.first() {
            break;
        }
        let next = *next.get_or_insert(behind(place));
        if !goes_on_from_before(&record) {
            return Ok(Some(Last { place, next }));
        }
    }
    Ok(None)
}

/// The first place that was not trimmed.
pub(super) fn trimmed(reader: &Reader<'_>) -> Result<Place, Error> {
    let found = reader.get(layout::trimmed())?;
    let place = found.map(|found| Place::of(&found.value).ok_or(Damaged)).transpose()?;
    Ok(place.unwrap_or(first(Version::from_number(0))))
}
