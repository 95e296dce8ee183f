//! Finding records again.

use std::collections::HashSet;

use kurodo_store::{Cursor, Place, Reader, Scan, Version};

use crate::{
    Error,
    entry::{Damaged, Found, Part},
    layout,
    sequence::{behind, start},
    shard::Shard,
};

/// A record, where it stands.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) place: Place,
    pub(crate) found: Found,
}

/// The records of a shard from a place on.
pub(crate) struct Records(Cursor);

impl Records {
    /// The records that this reader reaches.
    pub(crate) fn read(reader: &Reader<'_>, shard: u32, from: Place) -> Result<Self, Error> {
        let prefix = layout::records(shard);
        let first = [&*prefix, &from.bytes()].concat();
        Ok(Self(reader.cursor(&Scan::within(prefix).from(first))?))
    }

    fn part(&mut self) -> Result<Option<(Place, Part)>, Error> {
        let Some(record) = self.0.next().transpose()? else { return Ok(None) };
        let place = Place::of(&record.key).ok_or(Damaged)?;
        Ok(Some((place, Part::new(record.value))))
    }

    /// The next record, put together from its parts. One that began before the place is left out.
    fn whole(&mut self) -> Result<Option<Stored>, Error> {
        loop {
            let Some((place, part)) = self.part()? else { return Ok(None) };
            if part.is_continued() {
                continue;
            }
            let rest = match part.goes_on() {
                true => Some(self.part()?.ok_or(Damaged)?.1),
                false => None,
            };
            return Ok(Some(Stored { place, found: part.entry(rest.as_ref())? }));
        }
    }
}

impl Iterator for Records {
    type Item = Result<Stored, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.whole().transpose()
    }
}

/// The place behind the last record of a shard.
pub(crate) fn end(reader: &Reader<'_>, shard: u32) -> Result<Place, Error> {
    let scan = Scan::within(layout::records(shard)).backward();
    match reader.cursor(&scan)?.next().transpose()? {
        Some(record) => Ok(behind(Place::of(&record.key).ok_or(Damaged)?)),
        None => Ok(start()),
    }
}

/// Requests are put in the order of their commits, which may differ from that of their arrival by so much, in
/// milliseconds.
const SKEW: i64 = 10_000;

/// The place of the first record that was put at a time or later, in milliseconds since 1970; behind all of them where
/// there is none.
pub(crate) fn since(reader: &Reader<'_>, shard: u32, time: i64) -> Result<Place, Error> {
    let from = well_before(reader, shard, time.saturating_sub(SKEW))?;
    for stored in Records::read(reader, shard, from)? {
        let stored = stored?;
        if stored.found.time() >= time {
            return Ok(stored.place);
        }
    }
    end(reader, shard)
}

/// A place before which nothing is as late as that; found by halves.
fn well_before(reader: &Reader<'_>, shard: u32, time: i64) -> Result<Place, Error> {
    let mut low = 0;
    let mut high = end(reader, shard)?.version.number();
    while low < high {
        let middle = low + (high - low) / 2;
        let from = Place { version: Version::from_number(middle), change: 0 };
        match Records::read(reader, shard, from)?.next().transpose()? {
            Some(stored) if stored.found.time() < time => low = stored.place.version.number() + 1,
            _ => high = middle,
        }
    }
    Ok(Place { version: Version::from_number(low), change: 0 })
}

/// The most data keys of a page: KMS is asked for each of them.
const KEYS: usize = 100;

/// The data keys of a page.
#[derive(Default)]
struct Keys(HashSet<Vec<u8>>);

impl Keys {
    /// Whether the page may have one more record, as far as its data keys go.
    fn admit(&mut self, record: &Found) -> Result<bool, Damaged> {
        let Some(key) = record.data_key()? else { return Ok(true) };
        if !self.0.contains(key) {
            self.0.insert(key.to_vec());
        }
        Ok(self.0.len() <= KEYS)
    }
}

/// What of a shard goes into one answer.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) records: Vec<Stored>,
    /// Where to go on.
    pub(crate) next: Place,
    /// When the first record was put that was left out; `None` where the shard has no more records yet.
    pub(crate) left: Option<i64>,
    pub(crate) bytes: usize,
}

/// How much goes into an answer, and how old it may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measure {
    /// The most records.
    pub(crate) records: usize,
    /// The most bytes, but for one record that is larger.
    pub(crate) bytes: usize,
    /// What was put at this time or before is not given out, though it may still be there.
    pub(crate) horizon: i64,
}

impl Page {
    /// The records of a shard from a place on.
    pub(crate) fn read(
        reader: &Reader<'_>,
        shard: &Shard,
        from: Place,
        measure: Measure,
    ) -> Result<Self, Error> {
        let mut page = Self { records: Vec::new(), next: from, left: None, bytes: 0 };
        let mut keys = Keys::default();
        for stored in Records::read(reader, shard.number, from)? {
            let stored = stored?;
            if stored.found.time() > measure.horizon {
                let bytes = page.bytes + stored.found.size();
                let full = page.records.len() == measure.records || !keys.admit(&stored.found)?;
                if full || (bytes > measure.bytes && !page.records.is_empty()) {
                    page.left = Some(stored.found.time());
                    return Ok(page);
                }
                page.bytes = bytes;
                page.next = behind(stored.place);
                page.records.push(stored);
            } else {
                page.next = behind(stored.place);
            }
        }
        Ok(page)
    }

    /// How far the last of it is behind the newest record, in milliseconds.
    pub(crate) fn behind(&self, now: i64) -> i64 {
        self.left.map_or(0, |left| now.saturating_sub(left).max(0))
    }
}

#[cfg(test)]
mod tests {
    use kurodo_envelope::{Made, SealedKey};
    use kurodo_keys::SecretKey;

    use super::*;
    use crate::entry::Entry;

    #[test]
    fn a_page_has_so_many_data_keys() {
        let found = |key: Option<&SealedKey>| {
            let entry = Entry { time: 1, partition_key: "k".into(), data: "d".into() };
            let parts = entry.encode(key).unwrap();
            Part::new(parts[0].clone()).entry(None).unwrap()
        };
        let key = |number: u8| {
            let data = SecretKey::from_bytes([number; SecretKey::LEN]);
            SealedKey::from(Made { arn: "a".into(), wrapped: vec![number; 9], data })
        };
        let mut keys = Keys::default();
        for number in (0..100).chain(0..100) {
            assert_eq!(keys.admit(&found(Some(&key(number)))), Ok(true), "{number}");
        }
        assert_eq!(keys.admit(&found(None)), Ok(true));
        assert_eq!(keys.admit(&found(Some(&key(100)))), Ok(false));
    }
}
