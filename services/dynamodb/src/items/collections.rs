//! How large item collections are, so that none grows beyond AWS's limit: what shares a partition key, in a table that
//! has local indexes and in these.
//!
//! Nothing of it is stored. A collection is measured when it is first written to, and from then on every write adds
//! what it adds; what is remembered is at least the size, and at most by `slack` more. Where that does not tell whether
//! a write fits, the collection is measured again.
//!
//! Source: DynamoDB Developer Guide, "Local secondary indexes", item collection size limit.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use kurodo_store::{Key, Reader, Scan};

use super::Written;
use crate::{
    Error,
    attribute::{Attribute, Item, item_size},
    definition::{Definition, Index},
    encryption::TableKey,
    facts::TableFacts,
    layout::Shelf,
};

/// Bytes of the largest collection.
pub(crate) const LARGEST: u64 = 10 << 30;
/// The most collections that are remembered; one that is forgotten is measured again.
const MOST: usize = 1 << 16;

/// The items of a table, and where a collection lies among them.
type Place = (u64, Key);

/// What is known of a collection.
#[derive(Debug, Default)]
struct Known {
    /// At least its bytes, with those of writes under way; nothing before it was measured.
    bytes: Option<u64>,
    /// By how much that may be too much.
    slack: u64,
    /// Bytes that writes under way add.
    pending: u64,
    /// Writes under way.
    holds: usize,
    /// How often it was begun to be measured.
    round: u64,
    /// How many measure it.
    measuring: usize,
    /// Bytes of the writes that were under way when that began, or have begun since.
    beside: u64,
    /// Bytes that were taken away since.
    lost: u64,
}

impl Known {
    fn begin(&mut self) {
        if self.measuring == 0 {
            (self.beside, self.lost) = (self.pending, 0);
        }
        self.round += 1;
        self.measuring += 1;
    }

    /// Whether writes under way are in what was measured is not known: they count as if they were not.
    fn end(&mut self, measured: Option<u64>) {
        self.measuring = self.measuring.saturating_sub(1);
        match measured {
            Some(bytes) => {
                self.bytes = Some(bytes + self.beside);
                self.slack = self.beside + self.lost;
            }
            None => self.slack += self.beside,
        }
    }
}

/// What a write has said that it adds to a collection, or takes away.
#[derive(Debug)]
struct Part {
    place: Place,
    adds: u64,
    takes: u64,
    /// The round in which it said so, where nobody was measuring: in what is known, it is counted once.
    round: Option<u64>,
}

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    Undone,
    Unknown,
}

/// The sizes of the collections that were written to lately.
#[derive(Debug)]
pub(crate) struct Collections {
    limit: u64,
    known: Mutex<HashMap<Place, Known>>,
}

impl Collections {
    /// With this limit, in bytes.
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, known: Mutex::default() }
    }

    /// For one try of a write.
    pub(crate) fn hold(&self) -> Hold<'_> {
        Hold { all: self, parts: Vec::new(), at_drop: Outcome::Undone }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Place, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, place: Place, adds: u64, takes: u64) -> Part {
        let mut all = self.lock();
        if all.len() >= MOST && !all.contains_key(&place) {
            all.retain(|_, known| known.holds > 0);
        }
        let known = all.entry(place.clone()).or_default();
        known.holds += 1;
        known.pending += adds;
        if known.measuring > 0 {
            known.beside += adds;
        }
        if let Some(bytes) = &mut known.bytes {
            *bytes += adds;
        }
        let counted = known.bytes.is_some() && known.measuring == 0;
        Part { place, adds, takes, round: counted.then_some(known.round) }
    }

    fn end(&self, part: &Part, outcome: Outcome) {
        let mut all = self.lock();
        let Some(known) = all.get_mut(&part.place) else { return };
        known.holds = known.holds.saturating_sub(1);
        known.pending = known.pending.saturating_sub(part.adds);
        let counted = part.round == Some(known.round);
        let gone = match outcome {
            Outcome::Done => part.takes,
            Outcome::Undone => part.adds,
            Outcome::Unknown => part.adds + part.takes,
        };
        match &mut known.bytes {
            Some(bytes) if counted && outcome != Outcome::Unknown => *bytes = bytes.saturating_sub(gone),
            _ => {
                known.slack += gone;
                known.lost += gone;
            }
        }
    }

    /// Whether what is known of a collection fits; `None` where that does not tell, and it is to be measured.
    fn fits(&self, place: &Place) -> Option<bool> {
        let all = self.lock();
        let known = all.get(place)?;
        match known.bytes? {
            bytes if bytes <= self.limit => Some(true),
            bytes if bytes.saturating_sub(known.slack) > self.limit => Some(false),
            _ => None,
        }
    }

    /// Measures the collection of a write that is under way, which is not in what is measured; whether it fits.
    fn measure(&self, part: &mut Part, measure: impl FnOnce() -> Result<u64, Error>) -> Result<bool, Error> {
        if let Some(known) = self.lock().get_mut(&part.place) {
            known.begin();
        }
        let measured = measure();
        let mut all = self.lock();
        let Some(known) = all.get_mut(&part.place) else { return measured.map(|_| false) };
        known.end(measured.as_ref().ok().copied());
        measured?;
        if known.measuring == 0 {
            known.slack = known.slack.saturating_sub(part.adds);
            part.round = Some(known.round);
        }
        Ok(known.bytes <= Some(self.limit))
    }
}

/// What one try of a write adds to collections. Dropped, it was not done.
#[derive(Debug)]
pub(crate) struct Hold<'c> {
    all: &'c Collections,
    parts: Vec<Part>,
    at_drop: Outcome,
}

impl Hold<'_> {
    /// That a collection has room for what becomes of one of its items. `reader` makes a reader of what is stored now.
    pub(crate) fn admit<'r>(
        &mut self,
        (facts, table): (&TableFacts, &TableKey),
        written: &Written,
        reader: impl FnOnce() -> Reader<'r>,
    ) -> Result<(), Error> {
        let definition = &facts.definition;
        if definition.indexes_of(false).next().is_none() {
            return Ok(());
        }
        let weight = |item: &Option<Item>| item.as_ref().map_or(0, |item| weight(definition, item));
        let (old, new) = (weight(&written.old), weight(&written.new));
        let item = written.new.as_ref().or(written.old.as_ref());
        let Some(partition) = item.and_then(|item| item.get(&definition.key.hash.name)) else {
            return Ok(());
        };
        let place = (definition.contents, Shelf::Items.partition([partition]));
        self.admit_sizes(place, old, new, || measure(&reader(), (definition, table), partition))
    }

    fn admit_sizes(
        &mut self,
        place: Place,
        old: u64,
        new: u64,
        measure: impl FnOnce() -> Result<u64, Error>,
    ) -> Result<(), Error> {
        let (adds, takes) = (new.saturating_sub(old), old.saturating_sub(new));
        if adds == takes {
            return Ok(());
        }
        let mut part = self.all.begin(place, adds, takes);
        let fits = match self.all.fits(&part.place) {
            _ if adds == 0 => Ok(true),
            Some(fits) => Ok(fits),
            None => self.all.measure(&mut part, measure),
        };
        self.parts.push(part);
        if fits? { Ok(()) } else { Err(Error::CollectionTooLarge) }
    }

    /// From now on it may have been done.
    pub(crate) fn sent(&mut self) {
        self.at_drop = Outcome::Unknown;
    }

    /// It was done.
    pub(crate) fn done(mut self) {
        self.at_drop = Outcome::Done;
    }

    /// It was not done.
    pub(crate) fn undone(mut self) {
        self.at_drop = Outcome::Undone;
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        for part in &self.parts {
            self.all.end(part, self.at_drop);
        }
    }
}

/// The bytes that an item counts for in its collection: its own, and those of its copies in local indexes.
fn weight(definition: &Definition, item: &Item) -> u64 {
    let copy = |index: &Index| {
        if !index.key.attributes().all(|key| item.contains_key(&key.name)) {
            return 0;
        }
        let kept = item.iter().filter(|(name, _)| index.has(&definition.key, name));
        kept.map(|(name, value)| name.len() + value.size()).sum()
    };
    (item_size(item) + definition.indexes_of(false).map(copy).sum::<usize>()) as u64
}

/// The bytes of the collection of this partition key.
pub(crate) fn measure(
    reader: &Reader<'_>,
    (definition, table): (&Definition, &TableKey),
    partition: &Attribute,
) -> Result<u64, Error> {
    let mut bytes = 0;
    for record in reader.cursor(&Scan::within(Shelf::Items.partition([partition])))? {
        let record = record?;
        bytes += weight(definition, &table.open(&record.key, &record.value)?);
    }
    Ok(bytes)
}

#[cfg(test)]
#[path = "collections_tests.rs"]
mod tests;
