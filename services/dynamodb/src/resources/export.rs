use std::sync::Arc;

use kurodo_arn::{AccountId, Region};
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;
use kurodo_policy::{Attached, Context, Principal};

use super::{describe, hears};
use crate::{
    DynamoDb, Error,
    facts::TableFacts,
    layout,
    names::{ExportName, TableName},
};

/// A table, as what its exports are made of.
pub struct Exported {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The name.
    pub name: String,
    /// The export that is under way, where there is something to do with it.
    pub(crate) due: Option<String>,
    facts: Option<Arc<TableFacts>>,
}

impl Exported {
    /// The table that this export under way is of, whatever became of it.
    pub(crate) fn under_way(export: ExportName) -> Self {
        let ExportName { table: TableName { region, account, name }, id } = export;
        Self { region, account, name, due: Some(id), facts: None }
    }

    /// The name of one of its exports.
    pub(crate) fn export(&self, id: &str) -> ExportName {
        let (region, account, name) = (self.region.clone(), self.account, self.name.clone());
        ExportName { table: TableName { region, account, name }, id: id.to_owned() }
    }
}

impl Resource for Exported {
    fn owner(&self) -> AccountId {
        self.account
    }

    /// The exports of the table.
    fn scope(&self) -> Scope {
        layout::exports_of(self.account, &self.region, &self.name)
    }

    fn policy(&self) -> Option<&Attached> {
        self.facts.as_ref().and_then(|facts| facts.policy.as_ref())
    }

    fn hears(&self, action: &str, principal: &Principal) -> bool {
        hears(self.account, action, principal)
    }

    fn describe(&self, context: &mut Context) {
        if let Some(facts) = &self.facts {
            describe(facts, context);
        }
    }
}

/// The table of this ARN, to be exported.
pub(crate) async fn exported(find: &Find<'_, DynamoDb>, arn: &str) -> Result<Exported, Error> {
    let TableName { region, account, name } = TableName::from_arn(find, arn)?;
    let facts = DynamoDb::table_facts(find, account, &region, &name)?;
    Ok(Exported { region, account, name, due: None, facts })
}

/// An export itself.
#[derive(Debug)]
pub struct Export {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The name of its table.
    pub name: String,
    /// The id.
    pub id: String,
}

impl Export {
    /// Where it is.
    pub(crate) fn place(&self) -> ExportName {
        let (region, account, name) = (self.region.clone(), self.account, self.name.clone());
        ExportName { table: TableName { region, account, name }, id: self.id.clone() }
    }
}

impl Resource for Export {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::export(self.account, &self.region, &self.name, &self.id)
    }
}

/// The export of this ARN.
pub(crate) async fn export(find: &Find<'_, DynamoDb>, arn: &str) -> Result<Export, Error> {
    let ExportName { table: TableName { region, account, name }, id } = ExportName::from_arn(find, arn)?;
    Ok(Export { region, account, name, id })
}

/// All exports of the caller's account.
#[derive(Debug)]
pub struct Exports {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
    /// The name of the table that they are asked for of.
    pub(crate) table: Option<String>,
    /// The export after which they are asked for.
    pub(crate) after: Option<ExportName>,
}

impl Resource for Exports {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::exports(self.account, &self.region)
    }
}

/// The exports of the table of this ARN, or of all tables, after this one.
pub(crate) async fn exports(
    find: &Find<'_, DynamoDb>,
    table: &Option<String>,
    after: &Option<String>,
) -> Result<Exports, Error> {
    let account = find.account().ok_or(Error::Unsigned)?;
    let table = table.as_deref().map(|arn| TableName::from_arn(find, arn)).transpose()?;
    let after = after.as_deref().map(|token| ExportName::from_arn(find, token));
    let after = after.transpose().map_err(|_| Error::validation("Invalid NextToken"))?;
    Ok(Exports { account, region: find.region().clone(), table: table.map(|table| table.name), after })
}
