use bytes::Bytes;
use kurodo_store::{Cursor, Key, KeyBuilder, KeyParser, Reader, Record, Scan, after_prefix};

use super::walk::{Ask, Start};
use crate::{
    Error, layout,
    records::{Damaged, Kept, VersionId},
};

/// A listed version.
#[derive(Debug)]
pub(crate) struct Version {
    pub(crate) key: String,
    pub(crate) kept: Kept,
    /// Whether it is the key's current version.
    pub(crate) is_latest: bool,
}

/// A page of versions.
#[derive(Debug, Default)]
pub(crate) struct VersionPage {
    pub(crate) versions: Vec<Version>,
    pub(crate) prefixes: Vec<String>,
    /// Where the next page begins, if there is more: behind a key or prefix, or behind a version of a key.
    pub(crate) next: Option<(Start, Option<VersionId>)>,
}

/// Lists the versions in a bucket: key by key, the latest first. `base` is what the keys of the bucket's contents begin
/// with for this reader, and `behind` the version of the key that the page begins after.
///
/// The current versions and the others lie apart, each in order; the list is the two merged.
pub(crate) fn walk_versions(
    reader: &Reader<'_>,
    base: &[u8],
    ask: &Ask<'_>,
    behind: Option<&VersionId>,
) -> Result<VersionPage, Error> {
    let mut page = VersionPage::default();
    if ask.most == 0 {
        return Ok(page);
    }
    let mut merged = Merged {
        objects: Side::open(reader, base, layout::OBJECTS, ask)?,
        versions: Side::open(reader, base, layout::VERSIONS, ask)?,
    };
    let mut last = (Start::Beginning, None);
    merged.seek(ask, behind)?;
    while let Some(version) = merged.next()? {
        if page.versions.len() + page.prefixes.len() == ask.most {
            page.next = Some(last);
            break;
        }
        if let Some(common) = ask.common(&version.key) {
            last = (Start::AfterPrefix(common.to_owned()), None);
            page.prefixes.push(common.to_owned());
            if !merged.skip(&KeyBuilder::relative().beginning(common))? {
                break;
            }
            continue;
        }
        last = (Start::AfterKey(version.key.clone()), Some(*version.kept.id()));
        page.versions.push(version);
    }
    Ok(page)
}

/// Both sides of the list.
struct Merged {
    objects: Side,
    versions: Side,
}

impl Merged {
    /// Goes to where the list begins.
    fn seek(&mut self, ask: &Ask<'_>, behind: Option<&VersionId>) -> Result<(), Error> {
        let whole = |key: &str| -> Key { KeyBuilder::relative().part(key).build() };
        match (&ask.start, behind) {
            (Start::Beginning, _) => {}
            (Start::AfterPrefix(prefix), _) => {
                self.skip(&KeyBuilder::relative().beginning(prefix))?;
            }
            (Start::AfterKey(key), None) => {
                self.skip(&whole(key))?;
            }
            (Start::AfterKey(key), Some(id)) => {
                self.objects.seek(&whole(key))?;
                self.versions.seek(&whole(key))?;
                self.pass(key, id)?;
            }
        }
        Ok(())
    }

    /// Passes the versions of a key that are not older than this one.
    fn pass(&mut self, key: &str, id: &VersionId) -> Result<(), Error> {
        for side in [&mut self.objects, &mut self.versions] {
            let newer = |version: &Version| version.key == key && version.kept.id().order() <= id.order();
            let whole = KeyBuilder::relative().part(key).build();
            if side.peek()?.is_some_and(newer) {
                side.take();
            }
            if side.kind == layout::VERSIONS && side.peek()?.is_some_and(newer) {
                side.seek_behind(&[&*whole, &id.key()].concat())?;
            }
        }
        Ok(())
    }

    /// Passes all keys that begin so; whether any can follow.
    fn skip(&mut self, beginning: &[u8]) -> Result<bool, Error> {
        Ok(self.objects.seek_behind(beginning)? & self.versions.seek_behind(beginning)?)
    }

    /// The next version: of two with the same key, the current one.
    fn next(&mut self) -> Result<Option<Version>, Error> {
        let object = self.objects.peek()?.map(|version| version.key.as_str());
        let version = self.versions.peek()?.map(|version| version.key.as_str());
        Ok(match (object, version) {
            (Some(object), Some(version)) if version < object => self.versions.take(),
            (Some(_), _) => self.objects.take(),
            (None, _) => self.versions.take(),
        })
    }
}

/// One side of the list, a version ahead.
struct Side {
    base: Vec<u8>,
    kind: u8,
    cursor: Cursor,
    ahead: Option<Version>,
}

impl Side {
    fn open(reader: &Reader<'_>, base: &[u8], kind: u8, ask: &Ask<'_>) -> Result<Self, Error> {
        let beginning = KeyBuilder::relative().byte(kind).beginning(ask.prefix);
        let cursor = reader.cursor(&Scan::within([base, &*beginning].concat()))?;
        Ok(Self { base: base.to_vec(), kind, cursor, ahead: None })
    }

    fn seek(&mut self, key: &[u8]) -> Result<(), Error> {
        self.ahead = None;
        Ok(self.cursor.seek(&[&*self.base, &[self.kind], key].concat())?)
    }

    /// Goes behind everything that begins so; whether there can be anything.
    fn seek_behind(&mut self, beginning: &[u8]) -> Result<bool, Error> {
        let next = after_prefix(beginning);
        match &next {
            Some(next) => self.seek(next)?,
            None => self.seek(&[u8::MAX])?,
        }
        Ok(next.is_some())
    }

    fn take(&mut self) -> Option<Version> {
        self.ahead.take()
    }

    /// The next version. Records beside it are passed, those of a long list of parts in one seek.
    fn peek(&mut self) -> Result<Option<&Version>, Error> {
        while self.ahead.is_none() {
            let Some(record) = self.cursor.next().transpose()? else { break };
            match self.read(&record)? {
                Ok(version) => self.ahead = Some(version),
                Err(beside) => self.pass_beside(&beside)?,
            }
        }
        Ok(self.ahead.as_ref())
    }

    fn pass_beside(&mut self, beside: &[u8]) -> Result<(), Error> {
        if let Some(next) = after_prefix(beside) {
            self.cursor.seek(&next)?;
        }
        Ok(())
    }

    /// The version that a record is; or what the keys of records beside one begin with.
    fn read(&self, record: &Record) -> Result<Result<Version, Bytes>, Error> {
        let malformed = |_| Damaged("key of an object");
        let whole = record.key.slice(self.base.len().min(record.key.len())..);
        let mut parser = KeyParser::new(&whole);
        parser.byte().map_err(malformed)?;
        let key = parser.text().map_err(malformed)?.into_owned();
        let own = 1 + KeyBuilder::relative().part(&key).build().len();
        let older = own + VersionId::KEY;
        let (length, kind) = (whole.len(), whole.get(own).copied());
        if length != own && !(self.kind == layout::VERSIONS && kind == Some(layout::OLDER) && length == older)
        {
            let beside = if kind == Some(layout::OLDER) && length > older { older } else { length };
            let beside = if self.kind == layout::OBJECTS { own } else { beside };
            return Ok(Err(record.key.slice(..self.base.len() + beside)));
        }
        Ok(Ok(Version { key, kept: Kept::read(&record.value)?, is_latest: length == own }))
    }
}

#[cfg(test)]
mod tests {
    use kurodo_keys::SecretKey;
    use kurodo_store::{CoreDoor, Store, StoreOptions};
    use proptest::prelude::*;

    use super::*;
    use crate::records::Marker;

    const BASE: &[u8] = b"base";
    const KEYS: [&str; 5] = ["a", "a/1", "a/2", "ab", "b"];

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    /// Keys with so many versions, the current one among the objects or a delete marker; with records beside them.
    fn filled(folder: &std::path::Path, keys: &[(usize, bool)]) -> (CoreDoor, Vec<(String, VersionId)>) {
        let options = StoreOptions::default();
        let (_, door) = Store::open(folder, &SecretKey::from_bytes([7; 32]), &options).unwrap();
        let writer = door.write();
        let (mut transaction, mut expected) = (writer.transaction(), Vec::new());
        for (key, (count, is_object)) in KEYS.iter().zip(keys) {
            let below = |kind| [BASE, &*KeyBuilder::relative().byte(kind).part(key).build()].concat();
            for rank in (0..*count).rev() {
                let ms = i64::try_from(rank).unwrap();
                let id = if rank == 1 { VersionId::null(ms) } else { VersionId::new(ms).unwrap() };
                let place = match (rank + 1 == *count, is_object) {
                    (true, true) => below(layout::OBJECTS),
                    (true, false) => below(layout::VERSIONS),
                    (false, _) => [below(layout::VERSIONS), id.key()].concat(),
                };
                let marker = Marker { id, modified_ms: 5, owner: None, status: None };
                transaction.put(&place, marker.to_record().unwrap());
                transaction.put([below(layout::VERSIONS), vec![layout::NULL]].concat(), vec![0; 8]);
                if place != below(layout::VERSIONS) {
                    transaction.put([place, layout::numbered(0).to_vec()].concat(), vec![1]);
                }
                expected.push(((*key).to_owned(), id));
            }
        }
        block_on(transaction.commit()).unwrap();
        (door, expected)
    }

    /// All pages of so many.
    fn pages(
        door: &CoreDoor,
        most: usize,
        delimiter: Option<&str>,
    ) -> (Vec<(String, VersionId)>, Vec<String>) {
        let (mut found, mut prefixes) = (Vec::new(), Vec::new());
        let mut next = (Start::Beginning, None);
        loop {
            let ask = Ask { most, delimiter, start: next.0, ..Ask::default() };
            let page = walk_versions(&door.read(), BASE, &ask, next.1.as_ref()).unwrap();
            assert!(page.versions.len() + page.prefixes.len() <= most);
            found.extend(page.versions.iter().map(|version| (version.key.clone(), *version.kept.id())));
            prefixes.extend(page.prefixes);
            match page.next {
                Some(more) => next = more,
                None => return (found, prefixes),
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn pages_of_any_length_list_the_same(keys in proptest::collection::vec((0..4_usize, any::<bool>()), 5)) {
            let folder = tempfile::tempdir().unwrap();
            let (door, expected) = filled(folder.path(), &keys);
            for most in [1, 2, 3, 100] {
                prop_assert_eq!(&pages(&door, most, None).0, &expected, "{} at once", most);
                let (found, prefixes) = pages(&door, most, Some("/"));
                let plain: Vec<_> = expected.iter().filter(|(key, _)| !key.contains('/')).cloned().collect();
                prop_assert_eq!(found, plain);
                let below = expected.iter().any(|(key, _)| key.starts_with("a/"));
                prop_assert_eq!(prefixes, if below { vec!["a/".to_owned()] } else { Vec::new() });
            }
        }
    }
}
