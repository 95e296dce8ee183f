//! Reading what a table was.

use std::iter::Peekable;

use bytes::Bytes;
use kurodo_store::{Cursor, Reader, Scan, Version, after_prefix};
use serde::{Deserialize, Serialize};

use super::{keep::day, noting::VERSION};
use crate::{
    Error,
    error::DamagedTable,
    layout::{Past, Shelf},
};

/// Which state of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Cut {
    /// All that was written by transactions up to this number.
    Version(u64),
    /// All that was written up to this time, in milliseconds since 1970.
    Time(i64),
}

/// Some items in the order of their keys.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// Keys and records.
    pub(crate) items: Vec<(Vec<u8>, Bytes)>,
    /// The last key that was looked at.
    pub(crate) last: Option<Vec<u8>>,
    /// Whether there may be more after it.
    pub(crate) more: bool,
}

/// The most bytes of records that a page holds, beyond the last one.
const PAGE: usize = 4 << 20;

/// What a table held, after this key: what so many keys were, and which are the next. Each page may be read from
/// another state of the store.
pub(crate) fn page(
    reader: &Reader<'_>,
    cut: Cut,
    after: Option<&[u8]>,
    most: usize,
    now: i64,
) -> Result<Page, Error> {
    let mut strands = strands(reader, cut, after, now)?;
    let (mut page, mut bytes) = (Page::default(), 0);
    for _ in 0..most {
        let Some(key) = first(&mut strands)? else { return Ok(page) };
        let [found] = &mut [Found::of(cut)];
        for strand in &mut strands {
            strand.take(&key, &mut [found])?;
        }
        if let Some(record) = found.record() {
            bytes += record.len();
            page.items.push((key.clone(), record));
        }
        page.last = Some(key);
        if bytes > PAGE {
            break;
        }
    }
    page.more = true;
    Ok(page)
}

/// An item that was written between two times.
#[derive(Debug)]
pub(crate) struct Event {
    /// The key of its record.
    pub(crate) key: Vec<u8>,
    /// What it was before; none where it was not.
    pub(crate) old: Option<Bytes>,
    /// What it is after.
    pub(crate) new: Option<Bytes>,
    /// When it was last written between them, in microseconds since 1970.
    pub(crate) at: u64,
}

/// Some items that were written between two times, in the order of their keys.
#[derive(Debug, Default)]
pub(crate) struct Events {
    pub(crate) events: Vec<Event>,
    /// The last key that was looked at.
    pub(crate) last: Option<Vec<u8>>,
    /// Whether there may be more after it.
    pub(crate) more: bool,
}

/// Which items were written after the first of these times in milliseconds since 1970, up to the second: what of so many
/// keys after this one. What came and went between them is none.
pub(crate) fn events(
    reader: &Reader<'_>,
    (from, to): (i64, i64),
    after: Option<&[u8]>,
    most: usize,
    now: i64,
) -> Result<Events, Error> {
    let mut strands = strands(reader, Cut::Time(from), after, now)?;
    let (mut found, mut bytes) = (Events::default(), 0);
    for _ in 0..most {
        let Some(key) = first(&mut strands)? else { return Ok(found) };
        let [before, then] = &mut [Found::of(Cut::Time(from)), Found::of(Cut::Time(to))];
        for strand in &mut strands {
            strand.take(&key, &mut [before, then])?;
        }
        let (at, old, new) = (then.written, before.record(), then.record());
        if at > micros(from) && (old.is_some() || new.is_some()) {
            bytes += old.as_ref().map_or(0, Bytes::len) + new.as_ref().map_or(0, Bytes::len);
            found.events.push(Event { key: key.clone(), old, new, at });
        }
        found.last = Some(key);
        if bytes > PAGE {
            break;
        }
    }
    found.more = true;
    Ok(found)
}

/// Microseconds of a time in milliseconds.
fn micros(ms: i64) -> u64 {
    u64::try_from(ms).unwrap_or_default().saturating_mul(1000)
}

/// Records in the order of items' keys.
struct Strand {
    /// Where they are what items were; `None` for the items as they are.
    past: Option<Past>,
    cursor: Peekable<Cursor>,
}

fn strands(reader: &Reader<'_>, cut: Cut, after: Option<&[u8]>, now: i64) -> Result<Vec<Strand>, Error> {
    let pasts = match cut {
        Cut::Version(_) => vec![Past::Kept],
        Cut::Time(time) => (day(time)..=day(now).saturating_add(1)).map(Past::Day).collect(),
    };
    let items = Scan::within(Shelf::Items.all());
    let items = match after {
        Some(after) => items.after(after),
        None => items,
    };
    let mut strands = vec![Strand { past: None, cursor: reader.cursor(&items)?.peekable() }];
    for past in pasts {
        let scan = Scan::within(past.all());
        let scan = match after.and_then(|after| after_prefix(&past.of(after))) {
            Some(next) => scan.from(next),
            None => scan,
        };
        strands.push(Strand { past: Some(past), cursor: reader.cursor(&scan)?.peekable() });
    }
    Ok(strands)
}

/// The first key that any of them is about.
fn first(strands: &mut [Strand]) -> Result<Option<Vec<u8>>, Error> {
    let mut first: Option<Vec<u8>> = None;
    for strand in strands {
        let key = strand.key()?;
        if key.is_some() && (first.is_none() || key < first) {
            first = key;
        }
    }
    Ok(first)
}

impl Strand {
    /// The key of the item that the next record is about.
    fn key(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let record = match self.cursor.peek() {
            None => return Ok(None),
            Some(Ok(record)) => record,
            Some(Err(_)) => {
                self.cursor.next().transpose()?;
                return Ok(None);
            }
        };
        let key = match self.past {
            None => Some(record.key.to_vec()),
            Some(past) => past.parse(&record.key).map(|(key, _)| key),
        };
        key.map(Some).ok_or_else(|| DamagedTable("(what its items were)".to_owned()).into())
    }

    /// Looks at all records that are about this item.
    fn take(&mut self, key: &[u8], found: &mut [&mut Found]) -> Result<(), Error> {
        while self.key()?.as_deref() == Some(key) {
            let Some(record) = self.cursor.next().transpose()? else { return Ok(()) };
            let time = self.past.and_then(|past| past.parse(&record.key)).map(|(_, time)| time);
            for one in found.iter_mut() {
                match time {
                    Some(time) => one.was(time, record.version, &record.value),
                    None => one.is(record.version, record.value.clone()),
                }
            }
        }
        Ok(())
    }
}

/// What an item was, as far as is known.
struct Found {
    cut: Cut,
    /// Until when it was so, by time or version; the version that it had, and its record.
    best: Option<(u64, u64, Bytes)>,
    /// When it was last written before the cut, in microseconds since 1970, as far as that is kept.
    written: u64,
}

impl Found {
    fn of(cut: Cut) -> Self {
        Self { cut, best: None, written: 0 }
    }

    /// The item is so.
    fn is(&mut self, version: Version, record: Bytes) {
        self.consider(u64::MAX, version.number(), record);
    }

    /// The item was so until this time, when this version came.
    fn was(&mut self, time: u64, until: Version, record: &Bytes) {
        let until = match self.cut {
            Cut::Version(cut) => Some(until.number()).filter(|until| *until > cut),
            Cut::Time(cut) => Some(time).filter(|time| *time > micros(cut)),
        };
        if until.is_none() {
            self.written = self.written.max(time);
        }
        let version = record.first_chunk::<VERSION>().map_or(u64::MAX, |bytes| u64::from_be_bytes(*bytes));
        if let Some(until) = until {
            self.consider(until, version, record.slice(record.len().min(VERSION)..));
        }
    }

    fn consider(&mut self, until: u64, version: u64, record: Bytes) {
        if self.best.as_ref().is_none_or(|(best, _, _)| until < *best) {
            self.best = Some((until, version, record));
        }
    }

    /// The record; `None` where there was no such item.
    fn record(&mut self) -> Option<Bytes> {
        let (_, version, record) = self.best.take()?;
        let there = match self.cut {
            Cut::Version(cut) => version <= cut,
            Cut::Time(_) => !record.is_empty(),
        };
        Some(record).filter(|_| there)
    }
}
