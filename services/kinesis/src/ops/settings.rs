//! Changes of a stream's or a consumer's definition.

use kurodo_authz::{Action, Permit, Write};
use kurodo_store::{Expectation, StoreError};

use crate::{
    Error, Kinesis,
    definition::{Consumer as Stored, Definition},
    facts::{encode, encode_consumer},
    resources::{Consumer, Stream},
};

/// What a commit came to. What it relied on are facts.
pub(super) fn changed<T>(committed: Result<T, StoreError>) -> Result<T, Error> {
    committed.map_err(|error| match error.conflict() {
        Some(conflict) if conflict.expectation == Expectation::Fact => Error::Changed,
        _ => error.into(),
    })
}

impl Kinesis {
    /// Puts a definition in place of the one that was decided on. Meanwhile nobody else may have changed it.
    pub(super) async fn redefine<A>(
        &self,
        permit: &Permit<'_, A>,
        definition: &Definition,
    ) -> Result<(), Error>
    where
        A: Action<Access = Write, Resource = Stream>,
    {
        let facts = permit.resource().existing()?;
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_fact(&facts.current).put([], encode(definition, &facts.name.name)?);
        changed(transaction.commit().await)?;
        self.bells.ring(definition.contents);
        Ok(())
    }

    /// The same with a consumer.
    pub(super) async fn redefine_consumer<A>(
        &self,
        permit: &Permit<'_, A>,
        consumer: &Stored,
    ) -> Result<(), Error>
    where
        A: Action<Access = Write, Resource = Consumer>,
    {
        let (resource, writer) = (permit.resource(), self.store.write(permit));
        let facts = resource.existing()?;
        let mut transaction = writer.transaction();
        transaction.expect_fact(&facts.current);
        transaction.put([], encode_consumer(consumer, &resource.consumer_name().name)?);
        changed(transaction.commit().await)?;
        Ok(())
    }
}

/// Random bytes.
pub(super) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::Random)?;
    Ok(bytes)
}
