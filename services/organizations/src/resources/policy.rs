use std::fmt;

use kurodo_arn::AccountId;
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;
use kurodo_identity::{
    OrgPolicy, OrgPolicyKind, Organization,
    managed::{self, AwsOrgPolicy},
    org_scope,
};
use kurodo_policy::Context;

use super::{Stored, describe, node::load};
use crate::{
    Error, Organizations, error::Missing, model::InvalidInputExceptionReason, room::Look, thing::Thing,
};

/// Whose a policy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The management account's.
    Account(AccountId),
    /// One that every organisation has.
    Aws,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(account) => account.fmt(f),
            Self::Aws => f.write_str("aws"),
        }
    }
}

/// A policy of the organisation.
#[derive(Debug)]
pub struct Policy {
    /// Whose it is.
    pub owner: Owner,
    /// Organisation, type and id, such as `o-exampleorgid/service_control_policy/p-12345678`.
    pub policy: String,
    management: AccountId,
    id: String,
    seen: Option<Thing>,
}

/// A policy that there is.
pub(crate) enum Known {
    /// One that every organisation has.
    Aws(&'static AwsOrgPolicy),
    /// One of the organisation's own.
    Own(OrgPolicy),
}

impl Known {
    /// The policy with this id.
    pub(crate) fn find(look: &impl Look, id: &str) -> Result<Option<Self>, Error> {
        if let Some(policy) = managed::org_policy(id) {
            return Ok(Some(Self::Aws(policy)));
        }
        Ok(match Thing::find(look, id)? {
            Some(Thing::Policy(policy)) => Some(Self::Own(policy)),
            _ => None,
        })
    }

    /// The id.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Aws(policy) => policy.id,
            Self::Own(policy) => &policy.id,
        }
    }

    /// The name.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Aws(policy) => policy.name,
            Self::Own(policy) => &policy.name,
        }
    }

    /// The type.
    pub(crate) fn kind(&self) -> OrgPolicyKind {
        match self {
            Self::Aws(policy) => policy.kind,
            Self::Own(policy) => policy.kind,
        }
    }
}

impl Policy {
    /// The policy, as it was when it was decided on.
    pub(crate) fn load(&self, look: &impl Look) -> Result<Known, Error> {
        if let Some(policy) = managed::org_policy(&self.id) {
            return Ok(Known::Aws(policy));
        }
        match load(look, &self.id, self.seen.as_ref(), Missing::Policy)? {
            Thing::Policy(policy) => Ok(Known::Own(policy)),
            _ => Err(Missing::Policy.into()),
        }
    }

    /// The same, to be changed: those that every organisation has cannot be.
    pub(crate) fn load_own(&self, look: &impl Look) -> Result<OrgPolicy, Error> {
        match self.load(look)? {
            Known::Own(policy) => Ok(policy),
            Known::Aws(_) => Err(Error::Invalid(
                InvalidInputExceptionReason::ImmutablePolicy,
                "You specified an AWS managed policy, which cannot be changed.",
            )),
        }
    }
}

impl Resource for Policy {
    fn owner(&self) -> AccountId {
        self.management
    }

    fn scope(&self) -> Scope {
        org_scope()
    }

    fn describe(&self, context: &mut Context) {
        if let Some(provided) = managed::org_policy(&self.id) {
            context.set("organizations:PolicyType", provided.kind.as_str());
        }
        if let Some(seen) = &self.seen {
            if let Thing::Policy(policy) = seen {
                context.set("organizations:PolicyType", policy.kind.as_str());
            }
            describe(seen.tags(), context);
        }
    }
}

/// The policy with this id.
pub async fn policy(find: &Find<'_, Organizations>, id: &str) -> Result<Policy, Error> {
    let stored = Stored::open(find)?;
    let management = stored.organization.management;
    let seen = Thing::find(&stored, id)?.filter(|thing| matches!(thing, Thing::Policy(_)));
    let (owner, policy) = name(&stored.organization, id, seen.as_ref());
    Ok(Policy { owner, policy, management, id: id.to_owned(), seen })
}

/// Owner and the part after `policy/` of a policy's ARN. One that is not there is named as a service control
/// policy.
pub(super) fn name(organization: &Organization, id: &str, seen: Option<&Thing>) -> (Owner, String) {
    if let Some(provided) = managed::org_policy(id) {
        return (Owner::Aws, format!("{}/{id}", provided.kind.slug()));
    }
    let kind = match seen {
        Some(Thing::Policy(policy)) => policy.kind,
        _ => OrgPolicyKind::Scp,
    };
    (Owner::Account(organization.management), format!("{}/{}/{id}", organization.id, kind.slug()))
}
