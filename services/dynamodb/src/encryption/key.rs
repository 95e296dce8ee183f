use bytes::Bytes;
use kurodo_keys::{Sealer, SecretKey};

use super::Crossing;
use crate::{
    Error,
    attribute::{Damaged, Item, decode, encode},
    facts::TableFacts,
};

/// What a table's items are stored and read with: its opened key, or nothing where it is under no key of KMS.
///
/// There is no other way to one that seals nothing than by a table's definition, so that no item of a table under a key of
/// KMS is stored without it.
pub(crate) struct TableKey {
    sealer: Option<Box<Sealer>>,
    /// What is under way with it.
    crossing: Option<Crossing>,
}

/// How many bytes of a stream's record are not sealed: what happened, and when, so that old ones are found.
const HEAD: usize = 1 + size_of::<i64>();

/// That of all tables under no key of KMS.
static PLAIN: TableKey = TableKey::nothing();

impl TableKey {
    /// That of tables under no key of KMS.
    pub(super) const fn nothing() -> Self {
        Self { sealer: None, crossing: None }
    }

    /// The opened key of a table.
    pub(crate) fn opened(key: &SecretKey) -> Self {
        let sealer = Sealer::new(&key.derive("dynamodb-table", &[]));
        Self { sealer: Some(Box::new(sealer)), crossing: None }
    }

    /// The same for a table that may be on its way under the key, or away from it.
    pub(crate) fn within(self, crossing: Option<Crossing>) -> Self {
        Self { crossing, ..self }
    }

    /// That of a table under no key of KMS.
    ///
    /// # Errors
    /// The table is under one, which nobody has opened.
    pub(crate) fn plain(facts: &TableFacts) -> Result<&'static Self, Error> {
        match &facts.definition.protection {
            None => Ok(&PLAIN),
            Some(_) => Err(Error::Locked(facts.name.clone())),
        }
    }

    /// That of records of a stream that were written while its table was under no key of KMS.
    pub(crate) fn none() -> &'static Self {
        &PLAIN
    }

    /// Whether what is stored may be sealed otherwise than what is written.
    pub(crate) fn is_crossing(&self) -> bool {
        self.crossing.is_some()
    }

    /// What seals what is written, where that is sealed.
    fn sealing(&self) -> Option<&Sealer> {
        self.sealer.as_deref().filter(|_| self.crossing.is_none_or(Crossing::seals))
    }

    /// How an item is stored in the place of this key, to which it is bound.
    pub(crate) fn seal(&self, place: &[u8], item: &Item) -> Result<Vec<u8>, Error> {
        match self.sealing() {
            Some(sealer) => sealer.seal_random(place, &encode(item)).map_err(|_| Error::Random),
            None => Ok(encode(item)),
        }
    }

    /// An item that was stored so in this place, as it is stored from now on; nothing where that is the same.
    pub(crate) fn anew(&self, place: &[u8], stored: &Bytes) -> Result<Option<Vec<u8>>, Error> {
        let Some(sealer) = &self.sealer else { return Ok(None) };
        let is_sealed = sealer.open_random(place, stored).is_ok();
        if is_sealed == self.crossing.is_none_or(Crossing::seals) {
            return Ok(None);
        }
        self.seal(place, &self.open(place, stored)?).map(Some)
    }

    /// How a record of a stream is stored whose records have this prefix, to which it is bound.
    pub(crate) fn seal_entry(&self, prefix: &[u8], entry: Vec<u8>) -> Result<Vec<u8>, Error> {
        let Some(sealer) = self.sealing() else { return Ok(entry) };
        let (head, rest) = entry.split_at_checked(HEAD).ok_or(Damaged)?;
        let sealed = sealer.seal_random(&[prefix, head].concat(), rest).map_err(|_| Error::Random)?;
        Ok([head, &sealed].concat())
    }

    /// The record of a stream that was stored so.
    pub(crate) fn open_entry(&self, prefix: &[u8], stored: Bytes) -> Result<Bytes, Error> {
        let Some(sealer) = &self.sealer else { return Ok(stored) };
        let (head, sealed) = stored.split_at_checked(HEAD).ok_or(Damaged)?;
        let opened = sealer.open_random(&[prefix, head].concat(), sealed).map_err(|_| Damaged)?;
        Ok([head, &opened].concat().into())
    }

    /// The item that was stored so in this place.
    pub(crate) fn open(&self, place: &[u8], stored: &Bytes) -> Result<Item, Error> {
        let Some(sealer) = &self.sealer else { return Ok(decode(stored)?) };
        match sealer.open_random(place, stored) {
            Ok(opened) => Ok(decode(&opened.into())?),
            Err(_) if self.crossing.is_some() => Ok(decode(stored)?),
            Err(_) => Err(Damaged.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribute::Attribute;

    #[test]
    fn an_item_opens_under_its_tables_key_in_its_place_alone() {
        let item = Item::from([("h".into(), Attribute::String("the-value".into()))]);
        let key = |byte| TableKey::opened(&SecretKey::from_bytes([byte; SecretKey::LEN]));
        let stored: Bytes = key(1).seal(b"place", &item).unwrap().into();
        assert_eq!(stored.len(), encode(&item).len() + kurodo_keys::OVERHEAD);
        assert!(!stored.windows(9).any(|part| part == b"the-value"));
        assert_eq!(key(1).open(b"place", &stored).unwrap(), item);
        assert!(key(1).open(b"other", &stored).is_err());
        assert!(key(2).open(b"place", &stored).is_err());
        assert!(TableKey::none().open(b"place", &stored).is_err());
        let plain: Bytes = TableKey::none().seal(b"place", &item).unwrap().into();
        assert_eq!(plain, encode(&item));
        assert!(key(1).open(b"place", &plain).is_err());
    }

    #[test]
    fn a_table_on_its_way_is_read_both_ways_and_written_one() {
        let item = Item::from([("h".into(), Attribute::String("the-value".into()))]);
        let key = |crossing| TableKey::opened(&SecretKey::from_bytes([1; SecretKey::LEN])).within(crossing);
        let sealed: Bytes = key(None).seal(b"place", &item).unwrap().into();
        let plain = Bytes::from(encode(&item));
        for (enters, begun) in [(true, false), (true, true), (false, false), (false, true)] {
            let first = Crossing::new(enters, 0);
            let key = key(if begun { first.next(0) } else { Some(first) });
            for stored in [&sealed, &plain] {
                assert_eq!(key.open(b"place", stored).unwrap(), item);
            }
            assert!(key.open(b"other", &sealed).is_err());
            let seals = enters == begun;
            assert_eq!(key.seal(b"place", &item).unwrap() != plain, seals);
            let (right, wrong) = if seals { (&sealed, &plain) } else { (&plain, &sealed) };
            assert!(key.anew(b"place", right).unwrap().is_none());
            let anew = key.anew(b"place", wrong).unwrap().unwrap();
            assert_eq!(anew != plain, seals);
            assert_eq!(key.open(b"place", &anew.into()).unwrap(), item);
        }
        assert!(key(None).open(b"place", &plain).is_err(), "once it has arrived");
    }

    #[test]
    fn a_streams_record_shows_what_happened_and_when() {
        let entry = b"\x01\0\0\0\0\0\0\0\x07the-images".to_vec();
        let key = |byte| TableKey::opened(&SecretKey::from_bytes([byte; SecretKey::LEN]));
        let stored: Bytes = key(1).seal_entry(b"stream", entry.clone()).unwrap().into();
        assert_eq!(stored[..HEAD], entry[..HEAD]);
        assert!(!stored.windows(10).any(|part| part == b"the-images"));
        assert_eq!(key(1).open_entry(b"stream", stored.clone()).unwrap(), entry);
        let mut later = stored.to_vec();
        later[8] ^= 1;
        for (key, prefix, stored) in [
            (key(1), &b"other"[..], stored.clone()),
            (key(2), b"stream", stored.clone()),
            (key(1), b"stream", later.into()),
            (key(1), b"stream", Bytes::from_static(b"short")),
        ] {
            assert!(key.open_entry(prefix, stored).is_err());
        }
        assert_eq!(TableKey::none().seal_entry(b"stream", entry.clone()).unwrap(), entry);
        for enters in [true, false] {
            let first = Crossing::new(enters, 0);
            for (crossing, seals) in [(Some(first), !enters), (first.next(0), enters)] {
                let stored = key(1).within(crossing).seal_entry(b"stream", entry.clone()).unwrap();
                assert_eq!(stored != entry, seals);
            }
        }
    }
}
