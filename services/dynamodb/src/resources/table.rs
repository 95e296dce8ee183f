use std::sync::Arc;

use kurodo_arn::{AccountId, Region};
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;
use kurodo_policy::{Attached, Context, Principal};

use super::{Contents, Everything, describe, hears};
use crate::{
    DynamoDb, Error,
    definition::Definition,
    facts::TableFacts,
    layout,
    names::TableName,
    plan::{Refusal, Whole},
};

/// A table, whether or not there is one of the name: its definition, tags and policy.
pub struct Table {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The name.
    pub name: String,
    facts: Option<Arc<TableFacts>>,
}

impl Table {
    /// A table of this name.
    pub(crate) fn find(find: &Find<'_, DynamoDb>, table: TableName) -> Result<Self, Error> {
        let facts = DynamoDb::table_facts(find, table.account, &table.region, &table.name)?;
        let TableName { region, account, name } = table;
        Ok(Self { region, account, name, facts })
    }

    /// Which table it is.
    pub(crate) fn place(&self) -> TableName {
        TableName { region: self.region.clone(), account: self.account, name: self.name.clone() }
    }

    /// The table as it was when it was decided on, if there was one.
    pub(crate) fn facts(&self) -> Option<&TableFacts> {
        self.facts.as_deref()
    }

    /// The table's facts.
    pub(crate) fn existing(&self) -> Result<&TableFacts, Error> {
        let missing = || {
            Error::ResourceNotFound(format!("Requested resource not found: Table: {} not found", self.name))
        };
        self.facts().ok_or_else(missing)
    }

    /// The same for requests that name the table by its ARN, whose message is another.
    pub(crate) fn by_arn(&self) -> Result<Definition, Error> {
        let arn = kurodo_authz::Named::arn(self);
        let missing =
            || Error::ResourceNotFound(format!("Requested resource not found: ResourcArn: {arn} not found"));
        self.facts().map(|facts| facts.definition.clone()).ok_or_else(missing)
    }

    /// A copy of the definition, to be changed.
    pub(crate) fn definition(&self) -> Result<Definition, Error> {
        self.existing().map(|facts| facts.definition.clone())
    }
}

impl Resource for Table {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::table(self.account, &self.region, &self.name)
    }

    fn policy(&self) -> Option<&Attached> {
        self.facts().and_then(|facts| facts.policy.as_ref())
    }

    fn hears(&self, action: &str, principal: &Principal) -> bool {
        hears(self.account, action, principal)
    }

    fn describe(&self, context: &mut Context) {
        if let Some(facts) = self.facts() {
            describe(facts, context);
        }
    }
}

/// The table of this name or ARN.
pub(crate) async fn table(find: &Find<'_, DynamoDb>, name: &str) -> Result<Table, Error> {
    Table::find(find, TableName::parse(find, name)?)
}

/// The items of the table of this name or ARN, all of them.
pub(crate) async fn contents(find: &Find<'_, DynamoDb>, name: &str) -> Result<Contents, Error> {
    let name = TableName::parse(find, name)?;
    let facts = DynamoDb::table_facts(find, name.account, &name.region, &name.name)?;
    let plan = if facts.is_some() { Ok(Whole) } else { Err(Refusal::NoTable) };
    Ok(Contents::new(name, facts, plan))
}

/// The table of this ARN, whose tags are asked for.
pub(crate) async fn tagged(find: &Find<'_, DynamoDb>, arn: &str) -> Result<Table, Error> {
    Table::find(find, TableName::from_arn(find, arn)?)
}

/// Everything, as the caller's account sees it.
pub(crate) async fn everything(find: &Find<'_, DynamoDb>) -> Result<Everything, Error> {
    let account = find.account().ok_or(Error::Unsigned)?;
    Ok(Everything { account, region: find.region().clone() })
}
