use kurodo_arn::{AccountId, Region};
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;

use super::account;
use crate::{CloudWatch, Error, figures::Figure, layout};

/// All metrics of an account in a region, to be read.
#[derive(Debug)]
pub struct Metrics {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
}

impl Resource for Metrics {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::metrics(self.account, &self.region)
    }
}

/// The metrics of one namespace, to be written.
#[derive(Debug)]
pub struct Namespace {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
    pub(crate) namespace: String,
    /// What a chore found to do there.
    pub(crate) due: Option<layout::Bucket>,
    /// What was counted of it.
    pub(crate) figures: Vec<Figure>,
}

impl Namespace {
    /// The namespace, with nothing to do.
    pub(crate) fn new(account: AccountId, region: Region, namespace: String) -> Self {
        Self { account, region, namespace, due: None, figures: Vec::new() }
    }
}

impl Resource for Namespace {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::namespace(self.account, &self.region, &self.namespace)
    }
}

/// All metrics, as the caller's account sees them.
pub(crate) async fn metrics(find: &Find<'_, CloudWatch>) -> Result<Metrics, Error> {
    Ok(Metrics { account: account(find)?, region: find.region().clone() })
}

/// The namespace of this name.
pub(crate) async fn namespace(find: &Find<'_, CloudWatch>, name: &str) -> Result<Namespace, Error> {
    let (account, region) = (account(find)?, find.region().clone());
    Ok(Namespace::new(account, region, name.to_owned()))
}
