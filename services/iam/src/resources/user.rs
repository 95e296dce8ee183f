use kurodo_arn::AccountId;
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;
use kurodo_identity::{Entity, KeyOwner, User as Record, iam_scope, id, keys, usage_scope};
use kurodo_policy::{Context, PrincipalKind};

use super::{
    home, path,
    seen::{Seen, Subject, load},
    stored,
};
use crate::{Error, Iam, error::Missing, room::Look};

/// A user, or the account's root user.
#[derive(Debug)]
pub struct User {
    /// The account.
    pub account: AccountId,
    /// `user<path><name>`, or `root`.
    pub user: String,
    name: Option<String>,
    seen: Option<Seen>,
    /// What denials call it: AWS does not tell the path of what a request names.
    called: Option<String>,
    shows_boundary: bool,
    uses: bool,
}

impl User {
    fn named(account: AccountId, path: &str, name: &str) -> Self {
        let (user, name) = (format!("user{path}{name}"), Some(name.to_owned()));
        Self { account, user, name, seen: None, called: None, shows_boundary: false, uses: false }
    }

    fn root(account: AccountId) -> Self {
        let user = "root".to_owned();
        Self { account, user, name: None, seen: None, called: None, shows_boundary: false, uses: false }
    }

    fn of(account: AccountId, record: &Record) -> Self {
        Self { seen: Some(record.seen()), ..Self::named(account, &record.path, &record.name) }
    }

    /// The user's name; `None` for the root user.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The user as it is to be called, with the tags that it has.
    pub(crate) fn renamed(&self, path: Option<&str>, name: Option<&str>) -> Self {
        let path = path.or(self.seen.as_ref().map(|seen| seen.path.as_str())).unwrap_or("/");
        let name = name.or(self.name.as_deref()).unwrap_or_default();
        Self { seen: self.seen.clone(), ..Self::named(self.account, path, name) }
    }

    /// The user's record, as it was when it was decided on.
    pub(crate) fn load(&self, look: &impl Look) -> Result<Record, Error> {
        let missing = || Missing::User(self.name.clone().unwrap_or_else(|| "root".to_owned()));
        let name = self.name.as_deref().ok_or_else(missing)?;
        load(look, &keys::user(name), self.seen.as_ref(), missing)
    }
}

impl Resource for User {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn called(&self) -> Option<String> {
        self.called.clone()
    }

    fn scope(&self) -> Scope {
        if self.uses { usage_scope(self.account) } else { iam_scope(self.account) }
    }

    fn describe(&self, context: &mut Context) {
        let Some(seen) = &self.seen else { return };
        seen.tags_to(&["aws:ResourceTag/", "iam:ResourceTag/"], context);
        if let Some(boundary) = seen.boundary.as_ref().filter(|_| self.shows_boundary) {
            context.set("iam:PermissionsBoundary", boundary.as_str());
        }
    }
}

/// The user of this name.
pub async fn user(find: &Find<'_, Iam>, name: &str) -> Result<User, Error> {
    let account = home(find)?;
    let found = stored(find, account, &keys::user(name))?;
    let user = found.map_or_else(|| User::named(account, "/", name), |record| User::of(account, &record));
    Ok(User { called: Some(format!("user {name}")), ..user })
}

/// The user of this name; or the root user, who calls himself by the account's number.
pub async fn user_or_root(find: &Find<'_, Iam>, name: &str) -> Result<User, Error> {
    let account = home(find)?;
    let is_root = find.call.caller.principal.kind == PrincipalKind::Root;
    if is_root && name == account.to_string() { Ok(User::root(account)) } else { user(find, name).await }
}

/// The user of this name; its permissions boundary is a condition key.
pub async fn bounded_user(find: &Find<'_, Iam>, name: &str) -> Result<User, Error> {
    Ok(User { shows_boundary: true, ..user(find, name).await? })
}

/// A user that does not exist yet.
pub async fn new_user(find: &Find<'_, Iam>, given: &Option<String>, name: &str) -> Result<User, Error> {
    Ok(User::named(home(find)?, &path(given), name))
}

/// The user of this name; without a name, the caller.
pub async fn user_or_caller(find: &Find<'_, Iam>, name: &Option<String>) -> Result<User, Error> {
    match name {
        Some(name) => user(find, name).await,
        None => caller(find).await,
    }
}

/// The user that calls.
pub async fn caller(find: &Find<'_, Iam>) -> Result<User, Error> {
    let principal = &find.call.caller.principal;
    match principal.kind {
        PrincipalKind::Root => Ok(User::root(home(find)?)),
        PrincipalKind::User => user(find, principal.arn.rsplit('/').next().unwrap_or_default()).await,
        _ => {
            Err(Error::Validation("Must specify userName when calling with non-User credentials".to_owned()))
        }
    }
}

/// The user who holds this access key.
pub async fn holder_of_key(find: &Find<'_, Iam>, key: &str) -> Result<User, Error> {
    let account = id::account_of(key).map_or_else(|| home(find), Ok)?;
    let nobody = || Ok(User { name: None, ..User::named(account, "/", "*") });
    // Whose key of another account it is, the refusal does not tell.
    if find.account() != Some(account) {
        return nobody();
    }
    let found = stored(find, account, &keys::access_key(key))?;
    match found.map(|found| found.owner) {
        Some(KeyOwner::Root) => Ok(User::root(account)),
        Some(KeyOwner::User(id)) => match stored(find, account, &keys::entity(&id))? {
            Some(Entity::User(name)) => {
                let record = stored(find, account, &keys::user(&name))?;
                let record = record.ok_or(Error::Inconsistent("the holder of an access key is gone"))?;
                Ok(User::of(account, &record))
            }
            _ => Err(Error::Inconsistent("the holder of an access key is gone")),
        },
        None => nobody(),
    }
}

/// The user who holds this access key, for the record of when it was last used.
pub async fn use_of_key(find: &Find<'_, Iam>, key: &str) -> Result<User, Error> {
    Ok(User { uses: true, ..holder_of_key(find, key).await? })
}
