use kurodo_arn::AccountId;
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;
use kurodo_identity::{Organization, org_scope};
use kurodo_policy::Context;

use super::{Stored, describe};
use crate::{
    Error, Organizations, error::Missing, model::InvalidInputExceptionReason, room::Look, thing::Thing,
};

/// A root, a unit or an account.
#[derive(Debug)]
pub struct Node {
    /// The management account.
    pub management: AccountId,
    /// Kind, organisation and id, such as `ou/o-exampleorgid/ou-ab12-11111111`.
    pub node: String,
    id: String,
    seen: Option<Thing>,
}

impl Node {
    /// The id that the request names.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The thing, as it was when it was decided on.
    pub(crate) fn load(&self, look: &impl Look, missing: Missing) -> Result<Thing, Error> {
        load(look, &self.id, self.seen.as_ref(), missing)
    }
}

/// The thing of this id, if its tags are still those that were decided on.
pub(super) fn load(
    look: &impl Look,
    id: &str,
    seen: Option<&Thing>,
    missing: Missing,
) -> Result<Thing, Error> {
    let found = Thing::find(look, id)?.ok_or(missing)?;
    let same = seen.is_some_and(|seen| seen.tags() == found.tags());
    if same { Ok(found) } else { Err(Error::ConcurrentModification) }
}

impl Resource for Node {
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

/// The root, unit or account with this id.
pub async fn node(find: &Find<'_, Organizations>, id: &str) -> Result<Node, Error> {
    let stored = Stored::open(find)?;
    let node = path(&stored.organization, id).ok_or(Error::Invalid(
        InvalidInputExceptionReason::InvalidPatternTargetId,
        "You specified an invalid value.",
    ))?;
    let seen = Thing::find(&stored, id)?;
    Ok(Node { management: stored.organization.management, node, id: id.to_owned(), seen })
}

/// What ARNs say after the account; `None` for what is no id of a root, unit or account.
pub(super) fn path(organization: &Organization, id: &str) -> Option<String> {
    let kind = match id.split_once('-') {
        Some(("r", _)) => "root",
        Some(("ou", _)) => "ou",
        _ if id.parse::<AccountId>().is_ok() => "account",
        _ => return None,
    };
    Some(format!("{kind}/{}/{id}", organization.id))
}
