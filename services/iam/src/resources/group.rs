use kurodo_arn::AccountId;
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;
use kurodo_identity::{Group as Record, iam_scope, keys};

use super::{
    home, path,
    seen::{Seen, Subject, load},
    stored,
};
use crate::{Error, Iam, error::Missing, room::Look};

/// A group.
#[derive(Debug)]
pub struct Group {
    /// The account.
    pub account: AccountId,
    /// The path, from `/` to `/`.
    pub path: String,
    /// The name.
    pub name: String,
    seen: Option<Seen>,
    /// What denials call it: AWS does not tell the path of what a request names.
    called: Option<String>,
}

impl Group {
    /// The group as it is to be called.
    pub(crate) fn renamed(&self, path: Option<&str>, name: Option<&str>) -> Self {
        let path = path.unwrap_or(&self.path).to_owned();
        let name = name.unwrap_or(&self.name).to_owned();
        Self { account: self.account, path, name, seen: None, called: None }
    }

    /// The group's record, as it was when it was decided on.
    pub(crate) fn load(&self, look: &impl Look) -> Result<Record, Error> {
        load(look, &keys::group(&self.name), self.seen.as_ref(), || Missing::Group(self.name.clone()))
    }
}

impl Resource for Group {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn called(&self) -> Option<String> {
        self.called.clone()
    }

    fn scope(&self) -> Scope {
        iam_scope(self.account)
    }
}

/// The group of this name.
pub async fn group(find: &Find<'_, Iam>, name: &str) -> Result<Group, Error> {
    let account = home(find)?;
    let seen = stored(find, account, &keys::group(name))?.map(|record| record.seen());
    let known = seen.as_ref().map_or(("/", name), |seen| (&seen.path, &seen.name));
    Ok(Group {
        account,
        path: known.0.to_owned(),
        name: known.1.to_owned(),
        seen,
        called: Some(format!("group {name}")),
    })
}

/// A group that does not exist yet.
pub async fn new_group(find: &Find<'_, Iam>, given: &Option<String>, name: &str) -> Result<Group, Error> {
    Ok(Group { account: home(find)?, path: path(given), name: name.to_owned(), seen: None, called: None })
}
