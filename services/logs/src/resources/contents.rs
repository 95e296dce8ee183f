use kurodo_arn::{AccountId, Region};
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;
use kurodo_policy::{Attached, Context};

use super::describe;
use crate::{Error, Logs, error::NO_GROUP, facts::GroupFacts, layout, names::GroupName};

/// What a log group holds: its streams and their events.
pub struct Contents {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The group's name.
    pub name: String,
    facts: Option<GroupFacts>,
}

impl Contents {
    /// What the group of this name holds.
    pub(crate) fn find(find: &Find<'_, Logs>, group: GroupName) -> Result<Self, Error> {
        let facts = GroupFacts::read(&find.stored(), &group)?;
        let GroupName { region, account, name } = group;
        Ok(Self { region, account, name, facts })
    }

    /// The group's facts.
    pub(crate) fn existing(&self) -> Result<&GroupFacts, Error> {
        self.facts.as_ref().ok_or(NO_GROUP)
    }
}

impl Resource for Contents {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        match &self.facts {
            Some(facts) => layout::contents(self.account, &self.region, facts.definition.id),
            None => layout::nothing(),
        }
    }

    fn policy(&self) -> Option<&Attached> {
        self.facts.as_ref().and_then(|facts| facts.policy.as_ref())
    }

    fn describe(&self, context: &mut Context) {
        describe(self.facts.as_ref(), context);
    }
}
