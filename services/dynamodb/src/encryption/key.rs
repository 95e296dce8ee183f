use bytes::Bytes;
use kurodo_keys::{Sealer, SecretKey};

use crate::{
    Error,
    attribute::{Damaged, Item, decode, encode},
    facts::TableFacts,
};

/// What a table's items are stored and read with: its opened key, or nothing where it is under no key of KMS.
///
/// There is no other way to one that seals nothing than [`TableKey::plain`], so that no item of a table under a key of
/// KMS is stored without it.
pub(crate) struct TableKey(Option<Box<Sealer>>);

/// How many bytes of a stream's record are not sealed: what happened, and when, so that old ones are found.
const HEAD: usize = 1 + size_of::<i64>();

/// That of all tables under no key of KMS.
static PLAIN: TableKey = TableKey::nothing();

impl TableKey {
    /// That of a stream of a table under no key of KMS.
    pub(super) const fn nothing() -> Self {
        Self(None)
    }

    /// The opened key of a table.
    pub(crate) fn opened(key: &SecretKey) -> Self {
        Self(Some(Box::new(Sealer::new(&key.derive("dynamodb-table", &[])))))
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

    /// That of tables of tests.
    #[cfg(test)]
    pub(crate) fn none() -> &'static Self {
        &PLAIN
    }

    /// How an item is stored in the place of this key, to which it is bound.
    pub(crate) fn seal(&self, place: &[u8], item: &Item) -> Result<Vec<u8>, Error> {
        match &self.0 {
            None => Ok(encode(item)),
            Some(sealer) => sealer.seal_random(place, &encode(item)).map_err(|_| Error::Random),
        }
    }

    /// How a record of a stream is stored whose records have this prefix, to which it is bound.
    pub(crate) fn seal_entry(&self, prefix: &[u8], entry: Vec<u8>) -> Result<Vec<u8>, Error> {
        let Some(sealer) = &self.0 else { return Ok(entry) };
        let (head, rest) = entry.split_at_checked(HEAD).ok_or(Damaged)?;
        let sealed = sealer.seal_random(&[prefix, head].concat(), rest).map_err(|_| Error::Random)?;
        Ok([head, &sealed].concat())
    }

    /// The record of a stream that was stored so.
    pub(crate) fn open_entry(&self, prefix: &[u8], stored: Bytes) -> Result<Bytes, Error> {
        let Some(sealer) = &self.0 else { return Ok(stored) };
        let (head, sealed) = stored.split_at_checked(HEAD).ok_or(Damaged)?;
        let opened = sealer.open_random(&[prefix, head].concat(), sealed).map_err(|_| Damaged)?;
        Ok([head, &opened].concat().into())
    }

    /// The item that was stored so in this place.
    pub(crate) fn open(&self, place: &[u8], stored: &Bytes) -> Result<Item, Error> {
        match &self.0 {
            None => Ok(decode(stored)?),
            Some(sealer) => {
                let opened = sealer.open_random(place, stored).map_err(|_| Damaged)?;
                Ok(decode(&opened.into())?)
            }
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
    }
}
