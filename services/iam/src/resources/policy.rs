use std::fmt;

use kurodo_arn::{AccountId, Arn};
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;
use kurodo_identity::{ManagedPolicy as Record, iam_scope, keys};
use kurodo_policy::Context;

use super::{
    home, path,
    seen::{Seen, Subject, load},
    stored, within,
};
use crate::{Error, Iam, error::Missing, room::Look, text::path_and_name};

/// Whose a managed policy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyOwner {
    /// An account's own.
    Account(AccountId),
    /// One that AWS provides to every account.
    Aws,
}

impl fmt::Display for PolicyOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(account) => account.fmt(f),
            Self::Aws => f.write_str("aws"),
        }
    }
}

/// A managed policy.
#[derive(Debug)]
pub struct Policy {
    /// Whose it is.
    pub owner: PolicyOwner,
    /// The path, from `/` to `/`.
    pub path: String,
    /// The name.
    pub name: String,
    account: AccountId,
    seen: Option<Seen>,
    /// What denials call it.
    called: String,
}

impl Policy {
    /// The policy's ARN.
    pub(crate) fn arn(&self) -> String {
        kurodo_authz::Named::arn(self)
    }

    /// The account's own policy, as it was when it was decided on; what AWS provides cannot be changed.
    pub(crate) fn load(&self, look: &impl Look) -> Result<Record, Error> {
        if self.owner == PolicyOwner::Aws {
            return Err(Error::ProvidedPolicy(self.arn()));
        }
        load(look, &keys::policy(&self.name), self.seen.as_ref(), || Missing::Policy(self.arn()))
    }
}

impl Resource for Policy {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn called(&self) -> Option<String> {
        Some(self.called.clone())
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

/// The managed policy with this ARN.
pub async fn policy(find: &Find<'_, Iam>, arn: &str) -> Result<Policy, Error> {
    let parsed: Arn = arn.parse().map_err(|_| Error::arn(arn))?;
    let (owner, rest) = within(&parsed, "policy").ok_or_else(|| Error::arn(arn))?;
    let (path, name) = path_and_name(rest).ok_or_else(|| Error::arn(arn))?;
    let (path, name, called) = (path.to_owned(), name.to_owned(), format!("policy {arn}"));
    if owner == "aws" {
        return Ok(Policy { owner: PolicyOwner::Aws, path, name, account: home(find)?, seen: None, called });
    }
    let account: AccountId = owner.parse().map_err(|_| Error::arn(arn))?;
    let record: Option<Record> = stored(find, account, &keys::policy(&name))?;
    let seen = record.filter(|record| record.path == path && record.name == name).map(|record| record.seen());
    Ok(Policy { owner: PolicyOwner::Account(account), path, name, account, seen, called })
}

/// A managed policy that does not exist yet.
pub async fn new_policy(find: &Find<'_, Iam>, given: &Option<String>, name: &str) -> Result<Policy, Error> {
    let account = home(find)?;
    let (owner, called) = (PolicyOwner::Account(account), format!("policy {name}"));
    Ok(Policy { owner, path: path(given), name: name.to_owned(), account, seen: None, called })
}
