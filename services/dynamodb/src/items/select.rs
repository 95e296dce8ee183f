use kurodo_store::Reader;

use super::{
    Mark,
    search::{Found, PAGE, search},
};
use crate::{Error, encryption::TableKey, facts::TableFacts, plan::Select};

/// The next page of what a statement reads, and where the page after that begins.
pub(crate) fn select(
    reader: &Reader<'_>,
    (facts, table): (&TableFacts, &TableKey),
    select: &Select,
    from: Option<Mark>,
) -> Result<(Found, Option<Mark>), Error> {
    let Mark { read: first, mut last } = from.unwrap_or_default();
    let mut page = Found::default();
    for (at, read) in select.reads.iter().enumerate().skip(first) {
        let limit = read.limit.map(|limit| limit.saturating_sub(page.scanned));
        let part = search(
            reader,
            (facts, table),
            &read.resumed(&facts.definition.key, last.take().as_ref(), limit),
        )?;
        page.add(part);
        if page.last.is_some() {
            let last = page.last.clone();
            return Ok((page, Some(Mark { read: at, last })));
        }
        if page.bytes >= PAGE && at + 1 < select.reads.len() {
            return Ok((page, Some(Mark { read: at + 1, last: None })));
        }
    }
    Ok((page, None))
}

impl Found {
    fn add(&mut self, other: Self) {
        self.items.extend(other.items);
        self.count += other.count;
        self.scanned += other.scanned;
        self.bytes += other.bytes;
        self.last = other.last;
        self.consumed.add(&other.consumed);
    }
}
