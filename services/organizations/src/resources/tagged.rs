use kurodo_arn::AccountId;
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;
use kurodo_identity::org_scope;
use kurodo_policy::Context;

use super::{
    Stored, describe,
    node::{load, path},
    policy::{Owner, name},
};
use crate::{Error, Organizations, error::Missing, room::Look, thing::Thing};

/// Anything that has tags: a root, a unit, an account or a policy.
#[derive(Debug)]
pub struct Tagged {
    /// Whose it is.
    pub owner: Owner,
    /// Kind, organisation and id, such as `policy/o-exampleorgid/service_control_policy/p-12345678`.
    pub tagged: String,
    management: AccountId,
    id: String,
    seen: Option<Thing>,
}

impl Tagged {
    /// The thing, as it was when it was decided on.
    pub(crate) fn load(&self, look: &impl Look) -> Result<Thing, Error> {
        load(look, &self.id, self.seen.as_ref(), Missing::Target)
    }
}

impl Resource for Tagged {
    fn owner(&self) -> AccountId {
        self.management
    }

    fn scope(&self) -> Scope {
        org_scope()
    }

    fn describe(&self, context: &mut Context) {
        if let Some(seen) = &self.seen {
            describe(seen.tags(), context);
        }
    }
}

/// The thing with this id.
pub async fn tagged(find: &Find<'_, Organizations>, id: &str) -> Result<Tagged, Error> {
    let stored = Stored::open(find)?;
    let seen = Thing::find(&stored, id)?;
    let management = stored.organization.management;
    let (owner, tagged) = match path(&stored.organization, id) {
        Some(path) => (Owner::Account(management), path),
        None => {
            let (owner, policy) = name(&stored.organization, id, seen.as_ref());
            (owner, format!("policy/{policy}"))
        }
    };
    Ok(Tagged { owner, tagged, management, id: id.to_owned(), seen })
}

/// A thing of this kind, such as `account`, that has no id yet.
pub async fn new(find: &Find<'_, Organizations>, kind: &str) -> Result<Tagged, Error> {
    let organization = Stored::open(find)?.organization;
    let (owner, tagged) = (Owner::Account(organization.management), format!("{kind}/{}/*", organization.id));
    Ok(Tagged { owner, tagged, management: organization.management, id: String::new(), seen: None })
}
