use std::sync::Arc;

use kurodo_arn::{AccountId, Region};
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;
use kurodo_policy::{Attached, Context};

use super::Contents;
use crate::{Error, Logs, facts::GroupFacts, names::GroupName, queries::Job};

/// What a log group holds, as what a query that was started looks through.
pub struct Searched {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The group's name.
    pub name: String,
    contents: Contents,
    pub(crate) job: Arc<Job>,
}

impl Searched {
    /// What the group of this name holds.
    pub(crate) fn find(find: &Find<'_, Logs>, group: GroupName, job: Arc<Job>) -> Result<Self, Error> {
        let contents = Contents::find(find, group.clone())?;
        let GroupName { region, account, name } = group;
        Ok(Self { region, account, name, contents, job })
    }

    /// The group's facts.
    pub(crate) fn existing(&self) -> Result<&GroupFacts, Error> {
        self.contents.existing()
    }
}

impl Resource for Searched {
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
