use kurodo_arn::{AccountId, Region};
use kurodo_authz::{Annexed, Resource, Scope};
use kurodo_gateway::Find;
use kurodo_policy::{Attached, Context};

use super::Contents;
use crate::{
    Error, Logs,
    facts::GroupFacts,
    layout,
    names::{self, GroupName},
};

/// What a log group holds, as what is exported.
pub struct Exported {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The group's name.
    pub name: String,
    contents: Contents,
    /// The task that exports it, where there is one already.
    pub(crate) task: Option<String>,
}

impl Exported {
    /// What a task exports.
    pub(crate) fn of_task(find: &Find<'_, Logs>, group: GroupName, task: String) -> Result<Self, Error> {
        Ok(Self { task: Some(task), ..Self::find(find, group)? })
    }

    fn find(find: &Find<'_, Logs>, group: GroupName) -> Result<Self, Error> {
        let contents = Contents::find(find, group.clone())?;
        let GroupName { region, account, name } = group;
        Ok(Self { region, account, name, contents, task: None })
    }

    /// The group's facts.
    pub(crate) fn existing(&self) -> Result<&GroupFacts, Error> {
        self.contents.existing()
    }
}

impl Resource for Exported {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        self.contents.scope()
    }

    fn policy(&self) -> Option<&Attached> {
        self.contents.policy()
    }

    fn describe(&self, context: &mut Context) {
        self.contents.describe(context);
    }
}

/// The tasks.
impl Annexed for Exported {
    fn annex(&self) -> Scope {
        layout::exports(self.account, &self.region)
    }
}

/// What the group of this name holds, as what is exported.
pub(crate) async fn exported(find: &Find<'_, Logs>, name: &str) -> Result<Exported, Error> {
    names::check(name)?;
    Exported::find(find, GroupName::parse(find, name)?)
}

/// The tasks that export what the caller's account has in the request's region.
#[derive(Debug)]
pub struct Exports {
    account: AccountId,
    region: Region,
}

impl Resource for Exports {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::exports(self.account, &self.region)
    }
}

/// The tasks.
pub(crate) async fn exports(find: &Find<'_, Logs>) -> Result<Exports, Error> {
    Ok(Exports { account: find.account().ok_or(Error::Unsigned)?, region: find.region().clone() })
}
