//! What decisions and operations need to know of a table: read once, then shared until a table changes.

mod cache;

use std::sync::Arc;

use kurodo_arn::{AccountId, Region};
use kurodo_gateway::Find;
use kurodo_policy::{Attached, Kind, Policy};
use kurodo_store::Fact;

pub(crate) use cache::Cache;

use crate::{
    DynamoDb, Error,
    definition::Definition,
    error::DamagedTable,
    history::KnownPast,
    layout,
    names::TableName,
    streams::{StreamName, TableStream},
};

/// A table with its definition.
pub(crate) struct TableFacts {
    pub(crate) region: Region,
    pub(crate) account: AccountId,
    pub(crate) name: String,
    pub(crate) definition: Definition,
    /// That the definition is this one. A transaction that relies on it fails once it is changed.
    pub(crate) current: Fact,
    /// What of the table's past is kept.
    pub(crate) past: KnownPast,
    /// The table's policy, compiled.
    pub(crate) policy: Option<Attached>,
}

impl TableFacts {
    /// Which table it is.
    pub(crate) fn place(&self) -> TableName {
        TableName { region: self.region.clone(), account: self.account, name: self.name.clone() }
    }

    /// The table's ARN.
    pub(crate) fn arn(&self) -> String {
        format!("arn:aws:dynamodb:{}:{}:table/{}", self.region, self.account, self.name)
    }

    /// The name of one of its streams.
    pub(crate) fn stream(&self, stream: TableStream) -> StreamName {
        let (region, account, table) = (self.region.clone(), self.account, self.name.clone());
        StreamName { region, account, table, created: stream.created }
    }
}

impl DynamoDb {
    /// The facts of this table; `None` where there is none.
    pub(crate) fn table_facts(
        find: &Find<'_, Self>,
        account: AccountId,
        region: &Region,
        name: &str,
    ) -> Result<Option<Arc<TableFacts>>, Error> {
        let (service, generation) = (find.service, find.service.store.generation(layout::TABLES));
        if let Some(facts) = service.tables.find(account, region, name, generation) {
            return Ok(Some(facts));
        }
        let facts = read(find, account, region, name)?.map(Arc::new);
        if let Some(facts) = &facts {
            service.tables.keep(generation, facts);
        }
        Ok(facts)
    }
}

fn read(
    find: &Find<'_, DynamoDb>,
    account: AccountId,
    region: &Region,
    name: &str,
) -> Result<Option<TableFacts>, Error> {
    let key = layout::table(account, region, name);
    let (Some(found), current) = find.stored().fact(key.prefix())? else { return Ok(None) };
    let definition: Definition =
        serde_json::from_slice(&found.value).map_err(|_| DamagedTable(name.to_owned()))?;
    let policy = definition.policy.as_ref().map(|policy| compile(name, policy.deciding())).transpose()?;
    let (region, name) = (region.clone(), name.to_owned());
    Ok(Some(TableFacts { region, account, name, definition, current, past: KnownPast::default(), policy }))
}

fn compile(table: &str, text: &str) -> Result<Attached, Error> {
    let policy = Policy::parse(text, Kind::Resource).map_err(|_| DamagedTable(table.to_owned()))?;
    Ok(Attached { name: format!("resource-policy:table/{table}"), policy: Arc::new(policy) })
}
