//! How items get into a table that is made of a backup, or of what another table was: as they lie, where the new table has
//! their key; sealed anew, where it comes under a key of KMS or leaves it.

use bytes::Bytes;
use kurodo_gateway::Call;
use kurodo_store::Transaction;

use super::indexing::copy_for;
use crate::{
    DynamoDb, Error,
    attribute::Item,
    definition::Definition,
    encryption::{Protection, TableKey, Wish, wish},
    facts::TableFacts,
    model::SSESpecification,
    names::TableName,
    resources::Target,
};

/// The opened keys of a restore, as far as it needs them.
pub(super) enum Passage {
    /// Nothing of the items is looked at.
    Unopened,
    /// Items stay as they are; what indexes have of them is sealed with the same key.
    Kept(TableKey),
    /// Items are opened with the one and sealed with the other.
    Resealed(TableKey, TableKey),
}

impl Passage {
    /// Puts an item into the new table as it was stored, with its copies in indexes.
    pub(super) fn put(
        &self,
        transaction: &mut Transaction<'_>,
        definition: &Definition,
        key: Vec<u8>,
        stored: Bytes,
    ) -> Result<(), Error> {
        match self {
            Self::Unopened => {}
            Self::Kept(table) => {
                copies(transaction, (definition, table), &table.open(&key, &stored)?)?;
            }
            Self::Resealed(from, to) => {
                let item = from.open(&key, &stored)?;
                copies(transaction, (definition, to), &item)?;
                transaction.put(&key, to.seal(&key, &item)?);
                return Ok(());
            }
        }
        transaction.put(key, stored);
        Ok(())
    }
}

fn copies(
    transaction: &mut Transaction<'_>,
    table: (&Definition, &TableKey),
    item: &Item,
) -> Result<(), Error> {
    for index in &table.0.indexes {
        if let Some((key, copy)) = copy_for(table, index, item)? {
            transaction.put(key, copy);
        }
    }
    Ok(())
}

impl DynamoDb {
    /// Opens what a restore needs, by DynamoDB's grants; nothing where KMS does not let it: then the restore waits.
    pub(super) async fn passage(&self, facts: &TableFacts, now: i64) -> Result<Option<Passage>, Error> {
        let definition = &facts.definition;
        let Some(filling) = definition.filling() else { return Ok(Some(Passage::Unopened)) };
        if definition.indexes.is_empty() && !filling.reseals {
            return Ok(Some(Passage::Unopened));
        }
        let Some(to) = self.vault.unlock_own(facts, now).await? else { return Ok(None) };
        if !filling.reseals {
            return Ok(Some(Passage::Kept(to)));
        }
        // What is of a table on its way has the table's key, which is the new table's too unless that is under none.
        let own = definition.protection.as_ref().filter(|_| filling.crossing.is_some());
        let from = (filling.opens.as_ref().or(own), &facts.place());
        let from = self.vault.open_own(from, definition.contents, now).await?;
        Ok(from.map(|from| Passage::Resealed(from.within(filling.crossing), to)))
    }

    /// Puts the new table under the key of KMS that it is to be under: that of what it is made of, or another, or none.
    pub(super) async fn protect_restored(
        &self,
        given: Option<&SSESpecification>,
        (before, source): (&Definition, TableName),
        target: &Target,
        mut after: Definition,
        call: &Call,
    ) -> Result<Definition, Error> {
        let (place, wish) = (target.place(), wish(given)?);
        let known = before.protection.as_ref().map(|known| (known, source));
        let (protection, opens) = match (known, given, wish) {
            (None, _, Wish::Default) => return Ok(after),
            (None, _, Wish::Kms(key)) => (Some(self.vault.protect(&key, &place, call).await?), None),
            (Some((known, source)), None, _) => {
                (Some(self.copied((known, source), &known.arn, &place, call).await?), None)
            }
            (Some(from), Some(_), Wish::Kms(key)) => {
                (Some(self.copied(from, &key, &place, call).await?), None)
            }
            (Some((known, source)), Some(_), Wish::Default) => {
                (None, Some(self.copied((known, source), &known.arn, &place, call).await?))
            }
        };
        let reseals = before.protection.is_none() || before.crossing.is_some() || opens.is_some();
        let (protection, opens) = match reseals || !after.indexes.is_empty() {
            true => (self.stood(protection, &place, call).await?, self.stood(opens, &place, call).await?),
            false => (protection, opens),
        };
        if let Some(filling) = after.restored.as_mut().and_then(|restored| restored.filling.as_mut()) {
            (filling.reseals, filling.opens, filling.crossing) = (reseals, opens, before.crossing);
        }
        after.protection = protection;
        Ok(after)
    }

    /// That DynamoDB can open what it fills the table by. There is one such key at most.
    async fn stood(
        &self,
        protection: Option<Protection>,
        place: &TableName,
        call: &Call,
    ) -> Result<Option<Protection>, Error> {
        match protection {
            Some(protection) => Box::pin(self.vault.standing(protection, place, call.now_ms)).await.map(Some),
            None => Ok(None),
        }
    }

    async fn copied(
        &self,
        from: (&Protection, TableName),
        key: &str,
        place: &TableName,
        call: &Call,
    ) -> Result<Protection, Error> {
        Box::pin(self.vault.protect_copy(from, key, place, call)).await
    }
}

#[cfg(test)]
mod tests {
    use kurodo_keys::SecretKey;
    use kurodo_store::{Scan, Store, StoreOptions};

    use super::*;
    use crate::{attribute::Attribute, definition::sample, layout};

    fn key(byte: u8) -> TableKey {
        TableKey::opened(&SecretKey::from_bytes([byte; SecretKey::LEN]))
    }

    /// Whether all records that a restored item becomes open with this key.
    async fn arrives(passage: Passage, (from, to): (&TableKey, &TableKey)) -> bool {
        let dir = tempfile::tempdir().unwrap();
        let secret = SecretKey::from_bytes([7; SecretKey::LEN]);
        let (_store, door) = Store::open(dir.path(), &secret, &StoreOptions::default()).unwrap();
        let text = |text: &str| Attribute::String(text.to_owned());
        let item = Item::from([("h".into(), text("a")), ("g".into(), text("b"))]);
        let (writer, definition) = (door.write(), sample());
        let place = layout::item(&definition.key, &item).unwrap();
        let stored = from.seal(&place, &item).unwrap();
        let mut transaction = writer.transaction();
        passage.put(&mut transaction, &definition, place.to_vec(), stored.into()).unwrap();
        transaction.commit().await.unwrap();
        let records = door.read().scan(&Scan::default()).unwrap();
        assert_eq!(records.len(), 2, "the item, and its copy in the index");
        records.iter().all(|one| to.open(&one.key, &one.value).is_ok_and(|found| found == item))
    }

    #[tokio::test]
    async fn a_restored_item_is_sealed_as_its_new_table_is() {
        let (one, two, plain) = (&key(1), &key(2), || TableKey::none());
        assert!(arrives(Passage::Kept(key(1)), (one, one)).await);
        assert!(arrives(Passage::Resealed(key(1), key(2)), (one, two)).await);
        let nothing = || key(1).within(crate::encryption::Crossing::new(false, 0).next(0));
        assert!(arrives(Passage::Resealed(nothing(), key(2)), (plain(), two)).await);
        assert!(arrives(Passage::Resealed(key(1), nothing()), (one, plain())).await);
        let on_its_way = || key(1).within(Some(crate::encryption::Crossing::new(true, 0)));
        for lies in [one, plain()] {
            assert!(arrives(Passage::Resealed(on_its_way(), key(1)), (lies, one)).await);
        }
    }
}
