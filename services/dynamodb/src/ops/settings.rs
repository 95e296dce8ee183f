//! Changes of a table's definition.

use kurodo_authz::{Action, Permit, Write};
use kurodo_store::Transaction;

use crate::{
    DynamoDb, Error, definition::Definition, error::DamagedTable, facts::TableFacts, items::changed,
    resources::Table,
};

impl DynamoDb {
    /// Puts a definition in place of the one that was decided on. Meanwhile nobody else may have changed it.
    pub(super) async fn redefine<A>(
        &self,
        permit: &Permit<'_, A>,
        definition: &Definition,
    ) -> Result<(), Error>
    where
        A: Action<Access = Write, Resource = Table>,
    {
        self.redefine_with(permit, definition, None).await
    }

    /// The same, together with what happens to the table's stream. All that it relies on are facts.
    pub(super) async fn redefine_with<A>(
        &self,
        permit: &Permit<'_, A>,
        definition: &Definition,
        stream: Option<Transaction<'_>>,
    ) -> Result<(), Error>
    where
        A: Action<Access = Write, Resource = Table>,
    {
        let facts = permit.resource().existing()?;
        settled(facts)?;
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_fact(&facts.current);
        transaction.put([], record(definition)?);
        stream.into_iter().for_each(|stream| _ = transaction.join(stream));
        changed(transaction.commit().await)?;
        Ok(())
    }
}

/// That a table is neither being made nor deleted.
pub(super) fn settled(facts: &TableFacts) -> Result<(), Error> {
    if facts.definition.is_usable() { Ok(()) } else { idle(facts) }
}

/// That nothing is under way with a table.
pub(super) fn idle(facts: &TableFacts) -> Result<(), Error> {
    let Some(what) = facts.definition.under_way() else { return Ok(()) };
    Err(Error::ResourceInUse(format!(
        "Attempt to change a resource which is still in use: Table is being {what}: {}",
        facts.name
    )))
}

/// How many pieces of a long work are done within the operation that begins it, so that small tables are ready at
/// once. The rest is left to chores.
pub(super) const AT_ONCE: usize = 4;

/// That the work has begun: whether it goes on here, or a chore has taken it up already, is all the same.
pub(super) fn begun(done: Result<bool, Error>) -> Result<(), Error> {
    match done {
        Ok(_) | Err(Error::TableChanged) => Ok(()),
        Err(error) => Err(error),
    }
}

/// A definition's record.
pub(super) fn record(definition: &Definition) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(definition).map_err(|_| DamagedTable(definition.id.clone()).into())
}

/// Random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::Random)?;
    Ok(bytes)
}

/// A random UUID, version 4.
pub(super) fn uuid() -> Result<String, Error> {
    let number = u128::from_be_bytes(random()?);
    let number = (number & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{number:032x}");
    let cut = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| hex.get(part).unwrap_or_default());
    Ok(cut.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_say_their_version() {
        let id = uuid().unwrap();
        assert_eq!((id.len(), id.matches('-').count()), (36, 4));
        assert_eq!(&id[14..15], "4");
        assert!("89ab".contains(&id[19..20]));
        assert_ne!(id, uuid().unwrap());
    }
}
