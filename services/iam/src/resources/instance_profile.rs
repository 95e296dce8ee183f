use kurodo_arn::AccountId;
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;
use kurodo_identity::{InstanceProfile as Record, iam_scope, keys};
use kurodo_policy::Context;

use super::{
    home, path,
    seen::{Seen, Subject, load},
    stored,
};
use crate::{Error, Iam, error::Missing, room::Look};

/// An instance profile.
#[derive(Debug)]
pub struct InstanceProfile {
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

impl InstanceProfile {
    /// The profile's record, as it was when it was decided on.
    pub(crate) fn load(&self, look: &impl Look) -> Result<Record, Error> {
        let missing = || Missing::InstanceProfile(self.name.clone());
        load(look, &keys::instance_profile(&self.name), self.seen.as_ref(), missing)
    }
}

impl Resource for InstanceProfile {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn called(&self) -> Option<String> {
        self.called.clone()
    }

    fn scope(&self) -> Scope {
        iam_scope(self.account)
    }

    fn describe(&self, context: &mut Context) {
        if let Some(seen) = &self.seen {
            seen.tags_to(&["aws:ResourceTag/"], context);
        }
    }
}

/// The instance profile of this name.
pub async fn instance_profile(find: &Find<'_, Iam>, name: &str) -> Result<InstanceProfile, Error> {
    let account = home(find)?;
    let seen = stored(find, account, &keys::instance_profile(name))?.map(|record| record.seen());
    let known = seen.as_ref().map_or(("/", name), |seen| (&seen.path, &seen.name));
    let called = Some(format!("instance profile {name}"));
    Ok(InstanceProfile { account, path: known.0.to_owned(), name: known.1.to_owned(), seen, called })
}

/// An instance profile that does not exist yet.
pub async fn new_instance_profile(
    find: &Find<'_, Iam>,
    given: &Option<String>,
    name: &str,
) -> Result<InstanceProfile, Error> {
    let (account, path, name) = (home(find)?, path(given), name.to_owned());
    Ok(InstanceProfile { account, path, name, seen: None, called: None })
}
