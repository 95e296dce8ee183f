//! What the rows of the table name, and what the decision needs to know of it.

mod contents;
mod exported;
mod filters;
mod group;
mod pending;
mod remains;
mod role;
mod searched;
mod stream;

use kurodo_arn::{AccountId, Region};
use kurodo_authz::{Annexed, Resource, Scope};
use kurodo_gateway::Find;
use kurodo_policy::Context;

pub use contents::Contents;
pub use exported::{Exported, Exports};
pub(crate) use exported::{exported, exports};
pub use filters::Filters;
pub(crate) use filters::filters;
pub use group::{Group, Tagged};
pub(crate) use group::{group, named, tagged};
pub use pending::{Metrics, Pending};
pub use remains::Remains;
pub use role::Role;
pub use searched::Searched;
pub use stream::{Events, Stream};
pub(crate) use stream::{events, stream};

use crate::{Error, Logs, facts::GroupFacts, layout};

/// The tags of a group as condition keys.
fn describe(facts: Option<&GroupFacts>, context: &mut Context) {
    for (key, value) in facts.iter().flat_map(|facts| &facts.definition.tags) {
        context.set(format!("aws:ResourceTag/{key}"), value.as_str());
    }
}

/// All log groups of the caller's account in the request's region.
#[derive(Debug)]
pub struct Groups {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
}

impl Resource for Groups {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::definitions(self.account, &self.region)
    }
}

/// What the groups hold.
impl Annexed for Groups {
    fn annex(&self) -> Scope {
        layout::all_contents(self.account, &self.region)
    }
}

/// All log groups.
pub(crate) async fn groups(find: &Find<'_, Logs>) -> Result<Groups, Error> {
    Ok(Groups { region: find.region().clone(), account: find.account().ok_or(Error::Unsigned)? })
}

/// Everything, as the caller's account sees it.
#[derive(Debug)]
pub struct Everything {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
}

impl Resource for Everything {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::nothing()
    }
}

/// Everything.
pub(crate) async fn everything(find: &Find<'_, Logs>) -> Result<Everything, Error> {
    Ok(Everything { account: find.account().ok_or(Error::Unsigned)?, region: find.region().clone() })
}

/// The definitions of queries that the caller's account keeps in the request's region.
#[derive(Debug)]
pub struct Definitions {
    account: AccountId,
    region: Region,
}

impl Resource for Definitions {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::query_definitions(self.account, &self.region)
    }
}

/// The definitions of queries.
pub(crate) async fn definitions(find: &Find<'_, Logs>) -> Result<Definitions, Error> {
    Ok(Definitions { account: find.account().ok_or(Error::Unsigned)?, region: find.region().clone() })
}
