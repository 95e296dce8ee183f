use kurodo_identity::{
    Member, OrgPolicy, Organization, OrganizationalUnit, Tags,
    keys::{self},
};

use crate::{
    Error,
    room::{Draft, Look},
};

/// A thing of the organisation that has an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Thing {
    /// The root that everything is below.
    Root(Organization),
    /// A unit.
    Unit(OrganizationalUnit),
    /// An account.
    Account(Member),
    /// A policy of the organisation's own.
    Policy(OrgPolicy),
}

impl Thing {
    /// The thing with this id.
    pub(crate) fn find(look: &impl Look, id: &str) -> Result<Option<Self>, Error> {
        let organization = look.organization();
        if id == organization.root {
            return Ok(Some(Self::Root(organization.clone())));
        }
        if id.starts_with("ou-") {
            return Ok(look.record(&keys::unit(id))?.map(Self::Unit));
        }
        if id.starts_with("p-") {
            return Ok(look.record(&keys::org_policies().exactly(id))?.map(Self::Policy));
        }
        Ok(look.record(&keys::members().exactly(id))?.map(Self::Account))
    }

    /// Every root, unit and account.
    pub(crate) fn nodes(look: &impl Look) -> Result<Vec<Self>, Error> {
        let mut nodes = vec![Self::Root(look.organization().clone())];
        nodes.extend(look.all(&keys::units())?.into_iter().map(Self::Unit));
        nodes.extend(look.all(&keys::members())?.into_iter().map(Self::Account));
        Ok(nodes)
    }

    /// The id.
    pub(crate) fn id(&self) -> String {
        match self {
            Self::Root(organization) => organization.root.clone(),
            Self::Unit(unit) => unit.id.clone(),
            Self::Account(member) => member.account.to_string(),
            Self::Policy(policy) => policy.id.clone(),
        }
    }

    /// The id of the root or unit that it is in.
    pub(crate) fn parent(&self) -> Option<&str> {
        match self {
            Self::Unit(unit) => Some(&unit.parent),
            Self::Account(member) => Some(&member.parent),
            Self::Root(_) | Self::Policy(_) => None,
        }
    }

    /// Whether accounts and units can be in it.
    pub(crate) fn is_parent(&self) -> bool {
        matches!(self, Self::Root(_) | Self::Unit(_))
    }

    /// The tags.
    pub(crate) fn tags(&self) -> &Tags {
        match self {
            Self::Root(organization) => &organization.root_tags,
            Self::Unit(unit) => &unit.tags,
            Self::Account(member) => &member.tags,
            Self::Policy(policy) => &policy.tags,
        }
    }

    /// Changes the tags, and writes them.
    pub(crate) fn tag(
        mut self,
        draft: &mut Draft<'_>,
        change: impl FnOnce(&mut Tags) -> Result<(), Error>,
    ) -> Result<(), Error> {
        match &mut self {
            Self::Root(_) => change(&mut draft.organization.root_tags),
            Self::Unit(unit) => {
                change(&mut unit.tags)?;
                draft.put(&keys::unit(&unit.id), unit)
            }
            Self::Account(member) => {
                change(&mut member.tags)?;
                draft.put(&keys::member(member.account), member)
            }
            Self::Policy(policy) => {
                change(&mut policy.tags)?;
                draft.put(&keys::org_policies().exactly(&policy.id), policy)
            }
        }
    }
}
