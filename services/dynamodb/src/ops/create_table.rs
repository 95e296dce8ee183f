use kurodo_authz::Permit;
use kurodo_gateway::Handler;
use kurodo_store::Expectation;

use super::{
    Answer, Asked,
    policy::Governing,
    settings::{random, record, uuid},
};
use crate::{
    DynamoDb, Error,
    definition::{Counts, Definition, Fresh, ResourcePolicy, create, describe},
    encryption::{Wish, wish},
    facts::TableFacts,
    history::KnownPast,
    model::{CreateTableInput, CreateTableOutput, TableStatus, op},
    table::action,
    tags,
};

impl Handler<op::CreateTable> for DynamoDb {
    async fn handle(&self, asked: Asked<'_, op::CreateTable>) -> Answer<op::CreateTable> {
        let ((permit, streams, _, _), input, call) = (&asked.permits, &asked.input, asked.call);
        let wish = wish(input.sse_specification.as_ref())?;
        let fresh = Fresh {
            id: uuid()?,
            contents: u64::from_be_bytes(random()?),
            policy: self.policy_of(input, call.now_ms)?,
            tags: tags_of(input)?,
            now: call.now_ms,
        };
        let mut definition = create(input, fresh)?;
        let table = permit.resource();
        if table.facts().is_some() {
            return Err(exists(&table.name));
        }
        if let Wish::Kms(key) = &wish {
            definition.protection = Some(self.vault.protect(key, &table.place(), call).await?);
        }
        let stored = self.store_new(permit, streams, &definition, call.now_ms).await;
        self.vault.kept(definition.protection.as_ref(), &table.place(), stored).await?;
        let (_, current) = self.store.read(permit).fact([])?;
        let facts = TableFacts {
            region: table.region.clone(),
            account: table.account,
            name: table.name.clone(),
            definition,
            current,
            past: KnownPast::default(),
            policy: None,
        };
        let description = describe(&facts, TableStatus::Creating, |_| Counts::default());
        Ok(CreateTableOutput { table_description: Some(description) }.into())
    }
}

fn exists(table: &str) -> Error {
    Error::ResourceInUse(format!("Table already exists: {table}"))
}

impl DynamoDb {
    /// Stores the definition of a table that nobody else has made meanwhile, with that of its stream.
    async fn store_new(
        &self,
        permit: &Permit<'_, action::CreateTable>,
        streams: &Permit<'_, action::OpenStream>,
        definition: &Definition,
        now: i64,
    ) -> Result<(), Error> {
        let writer = self.store.write(permit);
        let mut transaction = writer.transaction();
        transaction.expect_absent([]);
        transaction.put([], record(definition)?);
        let of_streams = self.store.write(streams);
        let opened = crate::streams::stage(&of_streams, streams.resource(), None, Some(definition), now)?;
        opened.into_iter().for_each(|opened| _ = transaction.join(opened));
        match transaction.commit().await {
            Err(error) if error.conflict().is_some_and(|c| c.expectation == Expectation::Absent) => {
                Err(exists(&permit.resource().name))
            }
            other => Ok(other.map(|_| ())?),
        }
    }

    /// The policy that the new table is to have.
    fn policy_of(&self, input: &CreateTableInput, now: i64) -> Result<Option<ResourcePolicy>, Error> {
        let text = input.resource_policy.as_deref();
        text.map(|text| ResourcePolicy::accept(&self.principals, Governing::Table, text, None, now))
            .transpose()
    }
}

fn tags_of(input: &CreateTableInput) -> Result<Vec<(String, String)>, Error> {
    let mut all = Vec::new();
    if let Some(given) = input.tags.as_ref().filter(|given| !given.is_empty()) {
        tags::add(&mut all, given)?;
    }
    Ok(all)
}
