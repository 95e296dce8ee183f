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

/// That of all tables under no key of KMS.
static PLAIN: TableKey = TableKey(None);

impl TableKey {
    /// The opened key of a table.
    pub(super) fn opened(key: &SecretKey) -> Self {
        Self(Some(Box::new(Sealer::new(&key.derive("dynamodb-items", &[])))))
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
}
