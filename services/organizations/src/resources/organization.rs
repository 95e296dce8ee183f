use kurodo_arn::AccountId;
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;
use kurodo_identity::{Member, Organization as Record, keys, org_scope};

use super::Stored;
use crate::{Error, Organizations, room::Look};

/// The organisation as a whole, for actions that know no resource.
#[derive(Debug)]
pub struct Organization {
    management: AccountId,
}

impl Resource for Organization {
    fn owner(&self) -> AccountId {
        self.management
    }

    fn scope(&self) -> Scope {
        org_scope()
    }
}

/// The organisation.
pub async fn organization(find: &Find<'_, Organizations>) -> Result<Organization, Error> {
    Ok(Organization { management: Stored::open(find)?.organization.management })
}

/// That the caller's account is in the organisation: what every account may be allowed to look at.
#[derive(Debug)]
pub struct Membership {
    account: AccountId,
    pub(crate) organization: Record,
    pub(crate) management: Member,
}

impl Resource for Membership {
    fn owner(&self) -> AccountId {
        self.account
    }

    /// Nothing: what may be looked at was found already. Namespace 0 belongs to nobody.
    fn scope(&self) -> Scope {
        Scope::new([0])
    }
}

/// The membership of the caller's account.
pub async fn membership(find: &Find<'_, Organizations>) -> Result<Membership, Error> {
    let account = find.account().ok_or(Error::Unsigned)?;
    let stored = Stored::open(find)?;
    stored.record(&keys::member(account))?.ok_or(Error::NotInUse)?;
    let management = stored.record(&keys::member(stored.organization.management))?;
    let management = management.ok_or(Error::Inconsistent("the management account is not in it"))?;
    Ok(Membership { account, organization: stored.organization, management })
}
