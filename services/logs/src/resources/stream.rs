use kurodo_arn::{AccountId, Region};
use kurodo_authz::{Annexed, Resource, Scope};
use kurodo_gateway::Find;
use kurodo_policy::{Attached, Context};

use super::describe;
use crate::{
    Error, Logs,
    error::{NO_GROUP, NO_STREAM},
    facts::{GroupFacts, StreamFacts},
    layout,
    names::{self, GroupName},
};

/// A stream of a group, as a request names it, with what there is of both.
struct Seen {
    group: Option<GroupFacts>,
    stream: Option<StreamFacts>,
}

impl Seen {
    fn find(find: &Find<'_, Logs>, group: &GroupName, name: &str) -> Result<Self, Error> {
        let stored = find.stored();
        let group = GroupFacts::read(&stored, group)?;
        let stream = match &group {
            Some(group) => StreamFacts::read(&stored, group, name)?,
            None => None,
        };
        Ok(Self { group, stream })
    }

    fn group(&self) -> Result<&GroupFacts, Error> {
        self.group.as_ref().ok_or(NO_GROUP)
    }

    fn existing(&self) -> Result<(&GroupFacts, &StreamFacts), Error> {
        Ok((self.group()?, self.stream.as_ref().ok_or(NO_STREAM)?))
    }

    fn policy(&self) -> Option<&Attached> {
        self.group.as_ref().and_then(|group| group.policy.as_ref())
    }
}

/// A log stream, whether or not there is one of the name: its definition.
pub struct Stream {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The group's name.
    pub group: String,
    /// The stream's name.
    pub name: String,
    seen: Seen,
}

impl Stream {
    /// The group, if there is one.
    pub(crate) fn group_facts(&self) -> Result<&GroupFacts, Error> {
        self.seen.group()
    }

    /// Whether there is a stream of the name.
    pub(crate) fn is_there(&self) -> bool {
        self.seen.stream.is_some()
    }

    /// The group and the stream.
    pub(crate) fn existing(&self) -> Result<(&GroupFacts, &StreamFacts), Error> {
        self.seen.existing()
    }
}

impl Resource for Stream {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        match &self.seen.group {
            Some(group) => layout::stream(self.account, &self.region, group.definition.id, &self.name),
            None => layout::nothing(),
        }
    }

    fn policy(&self) -> Option<&Attached> {
        self.seen.policy()
    }

    fn describe(&self, context: &mut Context) {
        describe(self.seen.group.as_ref(), context);
    }
}

/// That the stream is deleted.
impl Annexed for Stream {
    fn annex(&self) -> Scope {
        match self.seen.existing() {
            Ok((group, stream)) => {
                let (group, stream) = (group.definition.id, stream.definition.id);
                layout::stream_remains(self.account, &self.region, group, stream)
            }
            Err(_) => layout::nothing(),
        }
    }
}

/// The stream of this name in the group of this name.
pub(crate) async fn stream(find: &Find<'_, Logs>, group: &str, name: &str) -> Result<Stream, Error> {
    names::check(group)?;
    let place = GroupName::parse(find, group)?;
    let seen = Seen::find(find, &place, name)?;
    let GroupName { region, account, name: group } = place;
    Ok(Stream { region, account, group, name: name.to_owned(), seen })
}

/// A log stream's events.
pub struct Events {
    /// The region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
    /// The group's name.
    pub group: String,
    /// The stream's name.
    pub name: String,
    seen: Seen,
}

impl Events {
    /// The events of the stream of this name in this group.
    pub(crate) fn find(find: &Find<'_, Logs>, group: GroupName, name: &str) -> Result<Self, Error> {
        let seen = Seen::find(find, &group, name)?;
        let GroupName { region, account, name: group } = group;
        Ok(Self { region, account, group, name: name.to_owned(), seen })
    }

    /// The group and the stream.
    pub(crate) fn existing(&self) -> Result<(&GroupFacts, &StreamFacts), Error> {
        self.seen.existing()
    }
}

impl Resource for Events {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        match self.seen.existing() {
            Ok((group, stream)) => {
                let (group, stream) = (group.definition.id, stream.definition.id);
                layout::events(self.account, &self.region, group, stream)
            }
            Err(_) => layout::nothing(),
        }
    }

    fn policy(&self) -> Option<&Attached> {
        self.seen.policy()
    }

    fn describe(&self, context: &mut Context) {
        describe(self.seen.group.as_ref(), context);
    }
}

/// What was put into the group and waits.
impl Annexed for Events {
    fn annex(&self) -> Scope {
        match self.seen.existing() {
            Ok((group, _)) => layout::waiting(self.account, &self.region, group.definition.id),
            Err(_) => layout::nothing(),
        }
    }
}

/// The events of the stream of this name in the group of this name.
pub(crate) async fn events(find: &Find<'_, Logs>, group: &str, name: &str) -> Result<Events, Error> {
    names::check(group)?;
    Events::find(find, GroupName::parse(find, group)?, name)
}
