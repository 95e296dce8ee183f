use kurodo_arn::{AccountId, Region};
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;
use kurodo_policy::{Attached, Context};

use super::describe;
use crate::{
    Error, Logs,
    error::NO_GROUP,
    facts::GroupFacts,
    layout,
    names::{self, GroupName},
};

/// The filters of a group; or of all groups of the caller's account, where no group is named.
pub struct Filters {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The group's name; empty for all.
    pub name: String,
    facts: Option<GroupFacts>,
}

impl Filters {
    /// The facts of the group; nothing where all are asked for.
    pub(crate) fn existing(&self) -> Result<Option<&GroupFacts>, Error> {
        match &self.facts {
            None if !self.name.is_empty() => Err(NO_GROUP),
            facts => Ok(facts.as_ref()),
        }
    }
}

impl Resource for Filters {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        match self.name.as_str() {
            "" => layout::definitions(self.account, &self.region),
            name => layout::group(self.account, &self.region, name),
        }
    }

    fn policy(&self) -> Option<&Attached> {
        self.facts.as_ref().and_then(|facts| facts.policy.as_ref())
    }

    fn describe(&self, context: &mut Context) {
        describe(self.facts.as_ref(), context);
    }
}

/// The filters of the group of this name, or of all.
pub(crate) async fn filters(find: &Find<'_, Logs>, name: &Option<String>) -> Result<Filters, Error> {
    let account = find.account().ok_or(Error::Unsigned)?;
    let Some(name) = name else {
        return Ok(Filters { region: find.region().clone(), account, name: String::new(), facts: None });
    };
    names::check(name)?;
    let group = GroupName::parse(find, name)?;
    let facts = GroupFacts::read(&find.stored(), &group)?;
    let GroupName { region, account, name } = group;
    Ok(Filters { region, account, name, facts })
}
