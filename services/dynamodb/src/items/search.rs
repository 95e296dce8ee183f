use kurodo_store::{Reader, Record, Scan};

use super::{Consumed, capacity::read_units, get};
use crate::{
    Error,
    attribute::{Item, item_size},
    encryption::TableKey,
    facts::TableFacts,
    layout,
    plan::Search,
};

/// The most bytes that a page looks at.
///
/// Source: DynamoDB Developer Guide, "Quotas", result set for Query and Scan.
pub(super) const PAGE: usize = 1 << 20;

/// A page of what a search found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// What passed the filter; empty where only the count was asked for.
    pub(crate) items: Vec<Item>,
    pub(crate) count: usize,
    /// How many items were looked at.
    pub(crate) scanned: usize,
    /// How many bytes of items were looked at.
    pub(super) bytes: usize,
    /// The key after which the next page begins.
    pub(crate) last: Option<Item>,
    pub(crate) consumed: Consumed,
}

/// The next page of a search.
pub(crate) fn search(
    reader: &Reader<'_>,
    (facts, table): (&TableFacts, &TableKey),
    search: &Search,
) -> Result<Found, Error> {
    let (mut found, mut fetched) = (Found::default(), 0.0);
    for record in reader.cursor(&scan(search))? {
        let record = record?;
        if is_past(search, &record) {
            break;
        }
        let mut item = table.open(&record.key, &record.value)?;
        found.scanned += 1;
        found.bytes += item_size(&item);
        let full = found.scanned == search.limit.unwrap_or(usize::MAX) || found.bytes >= PAGE;
        if full {
            found.last = Some(search.key_after(&facts.definition.key, &item));
        }
        if search.fetches {
            item = whole(reader, (facts, table), item)?;
            fetched += read_units(item_size(&item), search.consistent);
        }
        found.take(search, item);
        if full {
            break;
        }
    }
    found.consumed = consumed(search, found.bytes, fetched);
    Ok(found)
}

impl Found {
    fn take(&mut self, search: &Search, item: Item) {
        if search.filter.as_ref().is_some_and(|filter| !filter.holds(&item)) {
            return;
        }
        self.count += 1;
        if !search.count {
            self.items.push(match &search.projection {
                Some(projection) => projection.apply(&item),
                None => item,
            });
        }
    }
}

fn consumed(search: &Search, bytes: usize, fetched: f64) -> Consumed {
    let units = read_units(bytes, search.consistent);
    match &search.index {
        None => Consumed::read(units),
        Some(index) => {
            let mut consumed = Consumed::read(fetched);
            consumed.add_index(index, units);
            consumed
        }
    }
}

/// The records that may be found, from where the search begins.
fn scan(search: &Search) -> Scan {
    let (range, start) = (search.range(), search.start.as_ref());
    let scan = Scan::within(&range.within);
    if search.forward {
        return match (start, &range.from) {
            (Some(start), Some(from)) if start[..] < from[..] => scan.from(from),
            (Some(start), _) => scan.after(start),
            (None, Some(from)) => scan.from(from),
            (None, None) => scan,
        };
    }
    let scan = scan.backward();
    match (start, &range.before) {
        (Some(start), Some(before)) if start[..] >= before[..] => scan.after(before),
        (Some(start), _) => scan.after(start),
        (None, Some(before)) => scan.after(before),
        (None, None) => scan,
    }
}

/// Whether a record lies past the end of what is searched.
fn is_past(search: &Search, record: &Record) -> bool {
    let (range, key) = (search.range(), &record.key[..]);
    if search.forward {
        range.before.as_ref().is_some_and(|before| key >= &before[..])
    } else {
        range.from.as_ref().is_some_and(|from| key < &from[..])
    }
}

/// The item in the table that an index has a copy of.
fn whole(reader: &Reader<'_>, (facts, table): (&TableFacts, &TableKey), copy: Item) -> Result<Item, Error> {
    let Some(key) = layout::item(&facts.definition.key, &copy) else { return Ok(copy) };
    Ok(get(reader, table, &key)?.map_or(copy, |(item, _)| item))
}
