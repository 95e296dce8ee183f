use kurodo_arn::{AccountId, Region};
use kurodo_authz::{Annexed, Resource, Scope};
use kurodo_gateway::Find;

use crate::{
    Error, Logs,
    block::Damaged,
    facts::{GroupFacts, decode},
    filter::{METRICS, Put},
    layout,
    names::GroupName,
};

/// What was put into a group and waits for a consumer; and what the group holds, unless it is gone.
pub struct Pending {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The group's name.
    pub name: String,
    /// The group's number.
    pub(crate) number: u64,
    pub(crate) consumer: u64,
    facts: Option<GroupFacts>,
}

impl Pending {
    /// The queue that this is the whole key of something in.
    pub(crate) fn of(find: &Find<'_, Logs>, account: AccountId, key: &[u8]) -> Result<Self, Error> {
        let (region, number, consumer) = layout::parse_waiting(key).ok_or(Damaged)?;
        let stored = find.stored();
        let found = stored.get(key)?.ok_or(Damaged)?;
        let put: Put = decode(&found.value, "what waits")?;
        let name = GroupName { region, account, name: put.group };
        let facts = GroupFacts::read(&stored, &name)?.filter(|facts| facts.definition.id == number);
        let GroupName { region, account, name } = name;
        Ok(Self { region, account, name, number, consumer, facts })
    }

    /// What pauses of the queue go by: numbers of groups and of consumers are random, and no two are the same.
    pub(crate) fn queue(&self) -> u64 {
        if self.consumer == METRICS { self.number } else { self.consumer }
    }

    /// The group's facts, unless it is gone.
    pub(crate) fn facts(&self) -> Option<&GroupFacts> {
        self.facts.as_ref()
    }
}

impl Resource for Pending {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        match &self.facts {
            Some(facts) => layout::contents(self.account, &self.region, facts.definition.id),
            None => layout::nothing(),
        }
    }
}

/// What waits.
impl Annexed for Pending {
    fn annex(&self) -> Scope {
        layout::waiting(self.account, &self.region, self.number)
    }
}

/// The metrics of an account in CloudWatch. Nothing is stored of them here.
#[derive(Debug)]
pub struct Metrics {
    pub(crate) account: AccountId,
}

impl Resource for Metrics {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::nothing()
    }
}
