use kurodo_arn::{AccountId, Region};
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;

use crate::{
    DynamoDb, Error, layout,
    names::{ImportName, TableName},
};

/// A table, as what was or is imported into it.
#[derive(Debug)]
pub struct Imported {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The name.
    pub name: String,
    /// The import under way, where there is something to do with it.
    pub(crate) due: Option<String>,
}

impl Imported {
    /// The table of this name, with the import that there is something to do with.
    pub(crate) fn new(table: TableName, due: Option<String>) -> Self {
        let TableName { region, account, name } = table;
        Self { region, account, name, due }
    }

    /// The name of one of its imports.
    pub(crate) fn import(&self, id: &str) -> ImportName {
        let (region, account, name) = (self.region.clone(), self.account, self.name.clone());
        ImportName { table: TableName { region, account, name }, id: id.to_owned() }
    }
}

impl Resource for Imported {
    fn owner(&self) -> AccountId {
        self.account
    }

    /// The imports into the table.
    fn scope(&self) -> Scope {
        layout::imports_of(self.account, &self.region, &self.name)
    }
}

/// An import itself.
#[derive(Debug)]
pub struct Import {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The name of its table.
    pub name: String,
    /// The id.
    pub id: String,
}

impl Import {
    /// Where it is.
    pub(crate) fn place(&self) -> ImportName {
        let (region, account, name) = (self.region.clone(), self.account, self.name.clone());
        ImportName { table: TableName { region, account, name }, id: self.id.clone() }
    }
}

impl Resource for Import {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::import(self.account, &self.region, &self.name, &self.id)
    }
}

/// The import of this ARN.
pub(crate) async fn import(find: &Find<'_, DynamoDb>, arn: &str) -> Result<Import, Error> {
    let ImportName { table: TableName { region, account, name }, id } = ImportName::from_arn(find, arn)?;
    Ok(Import { region, account, name, id })
}

/// All imports of the caller's account.
#[derive(Debug)]
pub struct Imports {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
    /// The name of the table that they are asked for of.
    pub(crate) table: Option<String>,
    /// The import after which they are asked for.
    pub(crate) after: Option<ImportName>,
}

impl Resource for Imports {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::imports(self.account, &self.region)
    }
}

/// The imports into the table of this ARN, or into all tables, after this one.
pub(crate) async fn imports(
    find: &Find<'_, DynamoDb>,
    table: &Option<String>,
    after: &Option<String>,
) -> Result<Imports, Error> {
    let account = find.account().ok_or(Error::Unsigned)?;
    let table = table.as_deref().map(|arn| TableName::from_arn(find, arn)).transpose()?;
    let after = after.as_deref().map(|token| ImportName::from_arn(find, token));
    let after = after.transpose().map_err(|_| Error::validation("Invalid NextToken"))?;
    Ok(Imports { account, region: find.region().clone(), table: table.map(|table| table.name), after })
}
