use bytes::Bytes;
use kurodo_store::{Key, KeyBuilder, KeyParser, Reader, Scan, after_prefix};

use crate::{Error, records::Damaged};

/// What a list is asked for.
#[derive(Debug)]
pub(crate) struct Ask<'a> {
    /// Only keys that begin with this.
    pub(crate) prefix: &'a str,
    /// Keys that go on with this after the prefix are listed as what they have in common up to it.
    pub(crate) delimiter: Option<&'a str>,
    pub(crate) start: Start,
    /// Bytes of a record's key that belong to it beside the listed key, such as an upload's id.
    pub(crate) tail: usize,
    /// For a start after a key: begin behind this tail of that very key.
    pub(crate) tail_start: Option<Vec<u8>>,
    /// The most items and common prefixes together.
    pub(crate) most: usize,
}

/// Where a list begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Start {
    Beginning,
    /// Behind this key, which need not be there.
    AfterKey(String),
    /// Behind all keys that begin so.
    AfterPrefix(String),
}

/// A listed record.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) key: String,
    pub(crate) tail: Bytes,
    pub(crate) record: Bytes,
}

/// A page.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) items: Vec<Item>,
    pub(crate) prefixes: Vec<String>,
    /// Where the next page begins, if there is more.
    pub(crate) next: Option<Start>,
}

impl Default for Ask<'_> {
    fn default() -> Self {
        Self { prefix: "", delimiter: None, start: Start::Beginning, tail: 0, tail_start: None, most: 0 }
    }
}

/// Lists what a reader reaches. A page costs what it shows: a common prefix is passed over in one seek, however many
/// keys it stands for, and so are the records that lie beside a listed one.
pub(crate) fn walk(reader: &Reader<'_>, ask: &Ask<'_>) -> Result<Page, Error> {
    let mut page = Page::default();
    if ask.most == 0 {
        return Ok(page);
    }
    let mut cursor = reader.cursor(&Scan::within(KeyBuilder::relative().beginning(ask.prefix)))?;
    match ask.first() {
        Some(None) => return Ok(page),
        Some(Some(start)) => cursor.seek(&start)?,
        None => {}
    }
    let mut last = Start::Beginning;
    while let Some(record) = cursor.next().transpose()? {
        let (key, own) = ask.parse(&record.key)?;
        if own < record.key.len() {
            // A record beside one that was listed, or passed over, already.
            match after_prefix(record.key.get(..own).unwrap_or_default()) {
                Some(next) => cursor.seek(&next)?,
                None => break,
            }
            continue;
        }
        if page.items.len() + page.prefixes.len() == ask.most {
            page.next = Some(last);
            break;
        }
        match ask.common(&key) {
            Some(common) => {
                let beyond = after_prefix(&KeyBuilder::relative().beginning(common));
                last = Start::AfterPrefix(common.to_owned());
                page.prefixes.push(common.to_owned());
                match beyond {
                    Some(next) => cursor.seek(&next)?,
                    None => break,
                }
            }
            None => {
                last = Start::AfterKey(key.clone());
                let tail = record.key.slice(own - ask.tail..);
                page.items.push(Item { key, tail, record: record.value });
            }
        }
    }
    Ok(page)
}

impl Ask<'_> {
    /// Where to seek to first: `None` for the beginning, `Some(None)` where nothing can follow.
    fn first(&self) -> Option<Option<Vec<u8>>> {
        let whole = |key: &str| -> Key { KeyBuilder::relative().part(key).build() };
        match (&self.start, &self.tail_start) {
            (Start::Beginning, _) => None,
            (Start::AfterKey(key), Some(tail)) => Some(after_prefix(&[&*whole(key), tail].concat())),
            (Start::AfterKey(key), None) => Some(after_prefix(&whole(key))),
            (Start::AfterPrefix(prefix), _) => Some(after_prefix(&KeyBuilder::relative().beginning(prefix))),
        }
    }

    /// The listed key of a record's key, and how many bytes the key and its tail take.
    fn parse(&self, key: &[u8]) -> Result<(String, usize), Damaged> {
        const WHAT: Damaged = Damaged("key of an object");
        let mut parser = KeyParser::new(key);
        let text = parser.text().map_err(|_| WHAT)?.into_owned();
        // A part is as long as it is when it is built again.
        let own = KeyBuilder::relative().part(&text).build().len() + self.tail;
        if own > key.len() { Err(WHAT) } else { Ok((text, own)) }
    }

    /// What stands for the key, if it has the delimiter behind the prefix.
    pub(super) fn common<'k>(&self, key: &'k str) -> Option<&'k str> {
        let delimiter = self.delimiter.filter(|delimiter| !delimiter.is_empty())?;
        let behind = key.strip_prefix(self.prefix)?;
        let at = behind.find(delimiter)?;
        key.get(..self.prefix.len() + at + delimiter.len())
    }
}

/// Where a list goes on behind a marker that the client names: an ordinary key, or the last common prefix.
pub(crate) fn behind(marker: &str, prefix: &str, delimiter: Option<&str>) -> Start {
    let ask = Ask { prefix, delimiter, ..Ask::default() };
    match ask.common(marker) {
        Some(common) if common == marker => Start::AfterPrefix(marker.to_owned()),
        _ => Start::AfterKey(marker.to_owned()),
    }
}
