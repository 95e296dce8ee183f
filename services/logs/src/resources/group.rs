use kurodo_arn::{AccountId, Region};
use kurodo_authz::{Annexed, Resource, Scope};
use kurodo_gateway::Find;
use kurodo_policy::{Attached, Context, Principal, PrincipalKind};

use super::describe;
use crate::{
    Error, Logs,
    error::NO_GROUP,
    facts::GroupFacts,
    layout,
    names::{self, GroupName},
};

/// A log group, whether or not there is one of the name: its definition.
pub struct Group {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The name.
    pub name: String,
    facts: Option<GroupFacts>,
}

impl Group {
    /// A group of this name.
    pub(crate) fn find(find: &Find<'_, Logs>, group: GroupName) -> Result<Self, Error> {
        let facts = GroupFacts::read(&find.stored(), &group)?;
        let GroupName { region, account, name } = group;
        Ok(Self { region, account, name, facts })
    }

    /// The group as it was when it was decided on, if there was one.
    pub(crate) fn facts(&self) -> Option<&GroupFacts> {
        self.facts.as_ref()
    }

    /// The group's facts.
    pub(crate) fn existing(&self) -> Result<&GroupFacts, Error> {
        self.facts().ok_or(NO_GROUP)
    }
}

impl Resource for Group {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::group(self.account, &self.region, &self.name)
    }

    fn policy(&self) -> Option<&Attached> {
        self.facts().and_then(|facts| facts.policy.as_ref())
    }

    fn hears(&self, action: &str, principal: &Principal) -> bool {
        hears(self.account, action, principal)
    }

    fn describe(&self, context: &mut Context) {
        describe(self.facts(), context);
    }
}

/// Whether policies about a group of this account have a say on an action of a principal. They let other accounts put and
/// read events, and nothing else: who is given `logs:*` does not take the group's key away. And they do not keep the account's
/// root user from changing them, who could otherwise be locked out for good.
fn hears(owner: AccountId, action: &str, principal: &Principal) -> bool {
    const OF_POLICIES: [&str; 2] = ["logs:PutResourcePolicy", "logs:DeleteResourcePolicy"];
    match principal.account {
        Some(account) if account != owner => ACROSS_ACCOUNTS.contains(&action),
        _ => principal.kind != PrincipalKind::Root || !OF_POLICIES.contains(&action),
    }
}

const ACROSS_ACCOUNTS: [&str; 7] = [
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:PutLogEvents",
    "logs:StartLiveTail",
    "logs:StartQuery",
];

/// That the group is deleted.
impl Annexed for Group {
    fn annex(&self) -> Scope {
        match self.facts() {
            Some(facts) => layout::group_remains(self.account, &self.region, facts.definition.id),
            None => layout::nothing(),
        }
    }
}

/// The group of this name or ARN.
pub(crate) async fn group(find: &Find<'_, Logs>, name: &str) -> Result<Group, Error> {
    Group::find(find, GroupName::parse(find, name)?)
}

/// A log group, as what has tags.
pub struct Tagged {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The name.
    pub name: String,
    group: Group,
}

impl Tagged {
    /// The same group.
    pub(crate) fn new(group: Group) -> Self {
        Self { region: group.region.clone(), account: group.account, name: group.name.clone(), group }
    }

    /// The group's facts.
    pub(crate) fn existing(&self) -> Result<&GroupFacts, Error> {
        self.group.existing()
    }
}

impl Resource for Tagged {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        self.group.scope()
    }

    fn policy(&self) -> Option<&Attached> {
        self.group.policy()
    }

    fn describe(&self, context: &mut Context) {
        self.group.describe(context);
    }
}

/// The group of this name, as what has tags.
pub(crate) async fn named(find: &Find<'_, Logs>, name: &str) -> Result<Tagged, Error> {
    names::check(name)?;
    Ok(Tagged::new(group(find, name).await?))
}

/// The group of this ARN, as what has tags.
pub(crate) async fn tagged(find: &Find<'_, Logs>, arn: &str) -> Result<Tagged, Error> {
    Ok(Tagged::new(Group::find(find, GroupName::from_arn(find.region(), arn)?)?))
}
