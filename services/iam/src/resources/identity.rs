use kurodo_arn::{AccountId, Arn};
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;
use kurodo_identity::{Group, Role, User, iam_scope, keys};
use kurodo_policy::Context;

use super::{
    seen::{Seen, Subject},
    stored, within,
};
use crate::{Error, Iam, text::path_and_name};

/// A user, group or role.
#[derive(Debug)]
pub struct Identity {
    /// The account.
    pub account: AccountId,
    /// `user<path><name>`, `group<path><name>` or `role<path><name>`.
    pub identity: String,
    /// What it is.
    pub(crate) kind: IdentityKind,
    /// Its name.
    pub(crate) name: String,
    seen: Option<Seen>,
}

/// What an identity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdentityKind {
    User,
    Group,
    Role,
}

impl Identity {
    /// That a record is what was decided on.
    pub(crate) fn check(&self, found: &Seen) -> Result<(), Error> {
        if self.seen.as_ref() == Some(found) { Ok(()) } else { Err(Error::ConcurrentModification) }
    }
}

impl IdentityKind {
    /// As ARNs write it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
        }
    }
}

impl Resource for Identity {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        iam_scope(self.account)
    }

    fn describe(&self, context: &mut Context) {
        if let Some(seen) = self.seen.as_ref().filter(|_| self.kind != IdentityKind::Group) {
            seen.tags_to(&["aws:ResourceTag/", "iam:ResourceTag/"], context);
        }
    }
}

/// The user, group or role with this ARN.
pub async fn identity(find: &Find<'_, Iam>, arn: &str) -> Result<Identity, Error> {
    let parsed: Arn = arn.parse().map_err(|_| Error::arn(arn))?;
    let kinds = [IdentityKind::User, IdentityKind::Group, IdentityKind::Role];
    let named = kinds.into_iter().find_map(|kind| {
        let (account, rest) = within(&parsed, kind.word())?;
        let (path, name) = path_and_name(rest)?;
        Some((kind, account.parse().ok()?, path, name))
    });
    let (kind, account, path, name) = named.ok_or_else(|| Error::arn(arn))?;
    let seen = match kind {
        IdentityKind::User => stored::<User>(find, account, &keys::user(name))?.map(|it| it.seen()),
        IdentityKind::Group => stored::<Group>(find, account, &keys::group(name))?.map(|it| it.seen()),
        IdentityKind::Role => stored::<Role>(find, account, &keys::role(name))?.map(|it| it.seen()),
    };
    let seen = seen.filter(|seen| seen.path == path && seen.name == name);
    Ok(Identity { account, identity: parsed.resource.clone(), kind, name: name.to_owned(), seen })
}
