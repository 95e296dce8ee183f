use std::collections::BTreeMap;

use kurodo_arn::{AccountId, Arn};
use kurodo_policy::{Attached, Kind};
use kurodo_store::Reader;

use super::{error::LoadError, library::Library};
use crate::{Entity, Group, ReadRecords, Role, User, iam_scope, keys, managed};

/// Collects policies, all from one state of the store.
pub(crate) struct Gatherer<'a> {
    pub(crate) reader: Reader<'a>,
    pub(crate) library: &'a Library,
}

impl Gatherer<'_> {
    /// The user with this unique id.
    pub(crate) fn user(&self, account: AccountId, id: &str) -> Result<User, LoadError> {
        match self.entity(account, id)? {
            Entity::User(name) => self.find(&keys::user(&name), account),
            _ => Err(LoadError::Gone),
        }
    }

    /// The role with this unique id.
    pub(crate) fn role(&self, account: AccountId, id: &str) -> Result<Role, LoadError> {
        match self.entity(account, id)? {
            Entity::Role(name) => self.find(&keys::role(&name), account),
            _ => Err(LoadError::Gone),
        }
    }

    /// A user's identity policies: its own, then its groups'.
    pub(crate) fn of_user(&self, account: AccountId, user: &User) -> Result<Vec<Attached>, LoadError> {
        let mut found = Vec::new();
        self.inline(&format!("user/{}", user.name), &user.inline, &mut found)?;
        self.managed(account, &user.attached, Kind::Identity, &mut found)?;
        for id in &user.groups {
            let group = self.group(account, id)?;
            self.inline(&format!("group/{}", group.name), &group.inline, &mut found)?;
            self.managed(account, &group.attached, Kind::Identity, &mut found)?;
        }
        Ok(found)
    }

    /// A role's identity policies.
    pub(crate) fn of_role(&self, account: AccountId, role: &Role) -> Result<Vec<Attached>, LoadError> {
        let mut found = Vec::new();
        self.inline(&format!("role/{}", role.name), &role.inline, &mut found)?;
        self.managed(account, &role.attached, Kind::Identity, &mut found)?;
        Ok(found)
    }

    /// The permissions boundary.
    pub(crate) fn boundary(
        &self,
        account: AccountId,
        arn: Option<&String>,
    ) -> Result<Option<Attached>, LoadError> {
        arn.map(|arn| self.one(account, arn, Kind::Boundary)).transpose()
    }

    /// Managed policies, by their ARNs.
    pub(crate) fn managed(
        &self,
        account: AccountId,
        arns: &[String],
        kind: Kind,
        into: &mut Vec<Attached>,
    ) -> Result<(), LoadError> {
        for arn in arns {
            into.push(self.one(account, arn, kind)?);
        }
        Ok(())
    }

    /// A policy from its text.
    pub(crate) fn compiled(&self, name: String, text: &str, kind: Kind) -> Result<Attached, LoadError> {
        match self.library.compiled(text, kind) {
            Ok(policy) => Ok(Attached { name, policy }),
            Err(error) => Err(LoadError::Policy { name, error }),
        }
    }

    fn inline(
        &self,
        owner: &str,
        policies: &BTreeMap<String, String>,
        into: &mut Vec<Attached>,
    ) -> Result<(), LoadError> {
        for (name, text) in policies {
            into.push(self.compiled(format!("inline:{owner}/{name}"), text, Kind::Identity)?);
        }
        Ok(())
    }

    /// A managed policy: one of AWS's, or of the account.
    pub(crate) fn one(&self, account: AccountId, arn: &str, kind: Kind) -> Result<Attached, LoadError> {
        if let Some(text) = managed::document(arn) {
            return self.compiled(arn.to_owned(), text, kind);
        }
        let missing = || LoadError::Missing(arn.to_owned());
        let name = arn.parse::<Arn>().ok().and_then(|arn| arn.resource.rsplit('/').next().map(str::to_owned));
        let key = keys::policy(&name.ok_or_else(missing)?).below(&iam_scope(account));
        let policy = self.reader.record(&key)?.map(|found| found.value);
        let policy = policy.filter(|policy| policy.arn(account) == arn).ok_or_else(missing)?;
        self.compiled(arn.to_owned(), policy.document().ok_or_else(missing)?, kind)
    }

    fn group(&self, account: AccountId, id: &str) -> Result<Group, LoadError> {
        match self.entity(account, id)? {
            Entity::Group(name) => self.find(&keys::group(&name), account),
            _ => Err(LoadError::Gone),
        }
    }

    fn entity(&self, account: AccountId, id: &str) -> Result<Entity, LoadError> {
        self.find(&keys::entity(id), account)
    }

    /// A record that must be there.
    pub(crate) fn find<R: crate::Record>(
        &self,
        key: &keys::Key<R>,
        account: AccountId,
    ) -> Result<R, LoadError> {
        let found = self.reader.record(&key.below(&iam_scope(account)))?;
        found.map(|found| found.value).ok_or(LoadError::Gone)
    }
}
