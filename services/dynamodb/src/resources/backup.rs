use std::sync::Arc;

use kurodo_arn::{AccountId, Region};
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;
use kurodo_policy::{Attached, Context, Principal};
use kurodo_store::Fact;

use super::{describe, hears};
use crate::{
    DynamoDb, Error, backup,
    definition::Definition,
    facts::TableFacts,
    layout,
    names::{BackupName, TableName},
    ops::random,
};

/// A table, as what its backups are made of.
pub struct Source {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The name.
    pub name: String,
    facts: Option<Arc<TableFacts>>,
}

impl Resource for Source {
    fn owner(&self) -> AccountId {
        self.account
    }

    /// The backups of the table.
    fn scope(&self) -> Scope {
        layout::backups_of(self.account, &self.region, &self.name)
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

/// The table of this name or ARN, to be backed up.
pub(crate) async fn source(find: &Find<'_, DynamoDb>, name: &str) -> Result<Source, Error> {
    let TableName { region, account, name } = TableName::parse(find, name)?;
    let facts = DynamoDb::table_facts(find, account, &region, &name)?;
    Ok(Source { region, account, name, facts })
}

/// A stored backup, and that it was so.
struct Stored {
    backup: backup::Backup,
    fact: Fact,
}

fn stored(find: &Find<'_, DynamoDb>, place: &BackupName) -> Result<Option<Stored>, Error> {
    let TableName { region, account, name } = &place.table;
    let key = layout::backup(*account, region, name, &place.id);
    let (Some(found), fact) = find.stored().fact(key.prefix())? else { return Ok(None) };
    Ok(Some(Stored { backup: backup::Backup::read(&found.value)?, fact }))
}

macro_rules! backups {
    ($($(#[$doc:meta])* $name:ident)*) => { $(
        $(#[$doc])*
        pub struct $name {
            /// The region.
            pub region: Region,
            /// The account.
            pub account: AccountId,
            /// The name of its table.
            pub name: String,
            /// The id.
            pub id: String,
            stored: Option<Stored>,
        }

        impl $name {
            /// The backup of this place, whether or not there is one.
            pub(crate) fn find(find: &Find<'_, DynamoDb>, place: BackupName) -> Result<Self, Error> {
                let stored = stored(find, &place)?;
                let BackupName { table: TableName { region, account, name }, id } = place;
                Ok(Self { region, account, name, id, stored })
            }
        }
    )* };
}
backups! {
    /// A backup itself.
    Backup
    /// What a backup keeps: the items of its table, now or then.
    Kept
}

impl Backup {
    /// Where it is.
    pub(crate) fn place(&self) -> BackupName {
        let (region, account, name) = (self.region.clone(), self.account, self.name.clone());
        BackupName { table: TableName { region, account, name }, id: self.id.clone() }
    }

    /// The backup, and that it was so when it was decided on.
    pub(crate) fn existing(&self, now: i64) -> Result<(&backup::Backup, &Fact), Error> {
        let stored = self.stored.as_ref().filter(|stored| stored.backup.is_there(now));
        let stored = stored.ok_or_else(|| Error::BackupNotFound(self.place().arn()))?;
        Ok((&stored.backup, &stored.fact))
    }

    /// The backup, even if it is deleted or its time is over.
    pub(crate) fn stored(&self) -> Option<(&backup::Backup, &Fact)> {
        self.stored.as_ref().map(|stored| (&stored.backup, &stored.fact))
    }
}

impl Resource for Backup {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::backup(self.account, &self.region, &self.name, &self.id)
    }
}

impl Resource for Kept {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        match &self.stored {
            Some(stored) => layout::contents(stored.backup.definition.contents),
            None => layout::nothing(),
        }
    }
}

/// The backup of this ARN.
pub(crate) async fn backup(find: &Find<'_, DynamoDb>, arn: &str) -> Result<Backup, Error> {
    Backup::find(find, BackupName::from_arn(find, arn)?)
}

/// What the backup of this ARN keeps.
pub(crate) async fn kept(find: &Find<'_, DynamoDb>, arn: &str) -> Result<Kept, Error> {
    Kept::find(find, BackupName::from_arn(find, arn)?)
}

/// All backups of the caller's account.
#[derive(Debug)]
pub struct Backups {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
    /// The name of the table that they are asked for of.
    pub(crate) table: Option<String>,
    /// The backup after which they are asked for.
    pub(crate) after: Option<BackupName>,
}

impl Resource for Backups {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::backups(self.account, &self.region)
    }
}

/// The backups of the table of this name or ARN, or of all tables, after this one.
pub(crate) async fn backups(
    find: &Find<'_, DynamoDb>,
    table: &Option<String>,
    after: &Option<String>,
) -> Result<Backups, Error> {
    let account = find.account().ok_or(Error::Unsigned)?;
    let table = table.as_deref().map(|name| TableName::parse(find, name)).transpose()?;
    let after = after.as_deref().map(|arn| BackupName::from_arn(find, arn)).transpose()?;
    Ok(Backups { account, region: find.region().clone(), table: table.map(|table| table.name), after })
}

/// A table that is restored, before or while it is filled.
#[derive(Clone)]
pub struct Target {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The name.
    pub name: String,
    /// Where its items lie, or will.
    pub(crate) contents: u64,
    /// The table that has this name.
    facts: Option<Arc<TableFacts>>,
    /// How many restores are under way in the account.
    pub(crate) restores: usize,
}

impl Target {
    /// A new table of this name.
    pub(crate) fn new(find: &Find<'_, DynamoDb>, name: &str) -> Result<Self, Error> {
        let account = find.account().ok_or(Error::Unsigned)?;
        let (region, name) = (find.region().clone(), name.to_owned());
        let facts = DynamoDb::table_facts(find, account, &region, &name)?;
        let restores = restores(find, account, &region)?;
        Ok(Self { region, account, name, contents: u64::from_be_bytes(random()?), facts, restores })
    }

    /// The table that is being filled.
    pub(crate) fn of(facts: &Arc<TableFacts>) -> Self {
        let TableName { region, account, name } = facts.place();
        let (contents, facts) = (facts.definition.contents, Some(Arc::clone(facts)));
        Self { region, account, name, contents, facts, restores: 0 }
    }

    /// The table that has the name, if there is one.
    pub(crate) fn facts(&self) -> Option<&Arc<TableFacts>> {
        self.facts.as_ref()
    }

    /// Which table it is.
    pub(crate) fn place(&self) -> TableName {
        TableName { region: self.region.clone(), account: self.account, name: self.name.clone() }
    }
}

/// How many tables of an account are being restored.
fn restores(find: &Find<'_, DynamoDb>, account: AccountId, region: &Region) -> Result<usize, Error> {
    let (stored, tables) = (find.stored(), layout::tables(account, region));
    let mut count = 0;
    for record in stored.cursor(&kurodo_store::Scan::within(tables.prefix()))? {
        let definition: Option<Definition> = serde_json::from_slice(&record?.value).ok();
        count += usize::from(definition.is_some_and(|definition| definition.filling().is_some()));
    }
    Ok(count)
}

impl Resource for Target {
    fn owner(&self) -> AccountId {
        self.account
    }

    /// The table's definition.
    fn scope(&self) -> Scope {
        layout::table(self.account, &self.region, &self.name)
    }

    fn policy(&self) -> Option<&Attached> {
        self.facts.as_ref().and_then(|facts| facts.policy.as_ref())
    }

    fn hears(&self, action: &str, principal: &Principal) -> bool {
        hears(self.account, action, principal)
    }
}

/// The items of a table that is restored.
pub struct Filling {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The name.
    pub name: String,
    contents: u64,
    facts: Option<Arc<TableFacts>>,
}

impl From<&Target> for Filling {
    fn from(target: &Target) -> Self {
        let Target { region, account, name, contents, facts, .. } = target.clone();
        Self { region, account, name, contents, facts }
    }
}

impl Resource for Filling {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::contents(self.contents)
    }

    fn policy(&self) -> Option<&Attached> {
        self.facts.as_ref().and_then(|facts| facts.policy.as_ref())
    }

    fn hears(&self, action: &str, principal: &Principal) -> bool {
        hears(self.account, action, principal)
    }
}

/// What a table holds and held, to be restored to another one.
pub struct Origin {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The name.
    pub name: String,
    contents: Option<u64>,
    facts: Option<Arc<TableFacts>>,
}

impl Origin {
    /// The table of this name, if there is one.
    pub(crate) fn find(find: &Find<'_, DynamoDb>, table: TableName) -> Result<Self, Error> {
        let facts = DynamoDb::table_facts(find, table.account, &table.region, &table.name)?;
        let contents = facts.as_ref().map(|facts| facts.definition.contents);
        let TableName { region, account, name } = table;
        Ok(Self { region, account, name, contents, facts })
    }

    /// What a restore reads, whatever became of its table.
    pub(crate) fn of(table: TableName, contents: u64) -> Self {
        let TableName { region, account, name } = table;
        Self { region, account, name, contents: Some(contents), facts: None }
    }

    /// The table.
    pub(crate) fn existing(&self) -> Result<&TableFacts, Error> {
        let facts = self.facts.as_deref().filter(|facts| !facts.definition.deleting);
        facts.ok_or_else(|| Error::TableNotFound(self.name.clone()))
    }
}

/// What the table of this ARN holds and held.
pub(crate) async fn origin(find: &Find<'_, DynamoDb>, arn: &str) -> Result<Origin, Error> {
    Origin::find(find, TableName::from_arn(find, arn)?)
}

impl Resource for Origin {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        self.contents.map_or_else(layout::nothing, layout::contents)
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
