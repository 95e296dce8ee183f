use kurodo_identity::{AccessKey, Account, KeyOwner, User, keys};

use crate::{
    Error,
    error::Missing,
    resources,
    room::{Draft, Look},
};

/// Who holds access keys: a user, or the root user.
pub(super) enum Holder {
    User(Box<User>),
    Root(Box<Account>),
}

impl Holder {
    /// The one that a permit is for.
    pub(super) fn load(look: &impl Look, resource: &resources::User) -> Result<Self, Error> {
        if resource.name().is_some() {
            return Ok(Self::User(Box::new(resource.load(look)?)));
        }
        let account = look.record(&keys::account())?.ok_or(Error::Inconsistent("no account"))?;
        Ok(Self::Root(Box::new(account)))
    }

    /// The name that answers carry.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::User(user) => &user.name,
            Self::Root(_) => "root",
        }
    }

    pub(super) fn owner(&self) -> KeyOwner {
        match self {
            Self::User(user) => KeyOwner::User(user.id.clone()),
            Self::Root(_) => KeyOwner::Root,
        }
    }

    /// The ids of the keys.
    pub(super) fn keys(&self) -> &[String] {
        match self {
            Self::User(user) => &user.keys,
            Self::Root(account) => &account.root.keys,
        }
    }

    pub(super) fn keys_mut(&mut self) -> &mut Vec<String> {
        match self {
            Self::User(user) => &mut user.keys,
            Self::Root(account) => &mut account.root.keys,
        }
    }

    pub(super) fn keep(&self, draft: &Draft<'_>) -> Result<(), Error> {
        match self {
            Self::User(user) => draft.keep(&**user),
            Self::Root(account) => draft.put(&keys::account(), &**account),
        }
    }

    /// The holder's key with this id.
    pub(super) fn key(&self, look: &impl Look, id: &str) -> Result<AccessKey, Error> {
        let missing = || Missing::AccessKey(id.to_owned());
        self.keys().iter().find(|known| *known == id).ok_or_else(missing)?;
        look.record(&keys::access_key(id))?.ok_or(Error::Inconsistent("an access key is gone"))
    }
}
