use kurodo_arn::AccountId;
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;
use kurodo_policy::Context;

use super::{account, describe};
use crate::{CloudWatch, Error, dashboard::Stored, layout};

/// A dashboard.
#[derive(Debug)]
pub struct Dashboard {
    /// The account.
    pub account: AccountId,
    /// The dashboard's name.
    pub name: String,
    tags: Vec<(String, String)>,
}

impl Resource for Dashboard {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::dashboard(self.account, &self.name)
    }

    fn describe(&self, context: &mut Context) {
        describe(&self.tags, context);
    }
}

/// All dashboards of the account.
#[derive(Debug)]
pub struct Dashboards {
    account: AccountId,
}

impl Resource for Dashboards {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::dashboards(self.account)
    }
}

/// The dashboard of this name.
pub(crate) async fn dashboard(find: &Find<'_, CloudWatch>, name: &str) -> Result<Dashboard, Error> {
    let account = account(find)?;
    let found = find.stored().get(layout::dashboard(account, name).prefix())?;
    let stored = found.map(|found| Stored::read(&found.value)).transpose()?;
    let tags = stored.map(|stored| stored.tags).unwrap_or_default();
    Ok(Dashboard { account, name: name.to_owned(), tags })
}

/// All dashboards of the caller's account.
pub(crate) async fn dashboards(find: &Find<'_, CloudWatch>) -> Result<Dashboards, Error> {
    Ok(Dashboards { account: account(find)? })
}
