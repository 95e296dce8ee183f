//! What the rows of the table name, and what the decision needs to know of it.

use std::sync::Arc;

use kurodo_arn::{AccountId, Arn};
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;
use kurodo_identity::{ReadRecords, Role as Record, iam_scope, keys};
use kurodo_policy::{Attached, Context, Kind, Model};

use crate::{Error, Sts, bearer::Bearer};

/// A role that someone asks for. One that does not exist is decided on as one that trusts nobody, so that
/// the answer does not tell the two apart.
#[derive(Debug, Clone)]
pub struct Role {
    /// The role's account.
    pub account: AccountId,
    /// The path, from `/` to `/`.
    pub path: String,
    /// The name.
    pub name: String,
    stored: Option<Arc<Stored>>,
}

#[derive(Debug)]
struct Stored {
    record: Record,
    trust: Attached,
}

impl Role {
    /// The role's record.
    pub(crate) fn record(&self) -> Result<&Record, Error> {
        self.stored.as_ref().map(|stored| &stored.record).ok_or(Error::NoRecord)
    }
}

impl Resource for Role {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        let key = keys::role(&self.name).below(&iam_scope(self.account));
        Scope::new(key.as_ref())
    }

    fn policy(&self) -> Option<&Attached> {
        self.stored.as_ref().map(|stored| &stored.trust)
    }

    fn describe(&self, context: &mut Context) {
        for tag in self.stored.iter().flat_map(|stored| &stored.record.tags) {
            context.set(format!("aws:ResourceTag/{}", tag.key), tag.value.as_str());
            context.set(format!("iam:ResourceTag/{}", tag.key), tag.value.as_str());
        }
    }

    fn model(&self) -> Model {
        Model::Trust
    }
}

/// The role with this ARN.
pub(crate) fn role(find: &Find<'_, Sts>, arn: &str) -> Result<Role, Error> {
    let invalid = || Error::validation(format!("{arn} is invalid"));
    let parsed: Arn = arn.parse().map_err(|_| invalid())?;
    let known = parsed.partition == kurodo_arn::PARTITION && parsed.service == "iam";
    let named = parsed.resource.strip_prefix("role").filter(|named| named.starts_with('/') && known);
    let slash = named.and_then(|named| Some((named, named.rfind('/')? + 1)));
    let (path, name) = slash.and_then(|(named, at)| named.split_at_checked(at)).ok_or_else(invalid)?;
    let account = parsed.account.parse().map_err(|_| invalid())?;
    let stored = stored(find, account, name, arn)?;
    Ok(Role { account, path: path.to_owned(), name: name.to_owned(), stored })
}

fn stored(
    find: &Find<'_, Sts>,
    account: AccountId,
    name: &str,
    arn: &str,
) -> Result<Option<Arc<Stored>>, Error> {
    let found = find.stored().record(&keys::role(name).below(&iam_scope(account)))?;
    let Some(record) = found.map(|found| found.value).filter(|record| record.arn(account) == arn) else {
        return Ok(None);
    };
    let policy = find.service.directory.compiled(record.deciding_trust(), Kind::Trust);
    let policy = policy.map_err(|error| Error::TrustPolicy { role: arn.to_owned(), error })?;
    let trust = Attached { name: format!("trust:role/{name}"), policy };
    Ok(Some(Arc::new(Stored { record, trust })))
}

/// A role that whoever bears a token asks for.
#[derive(Debug, Clone)]
pub struct RoleByToken {
    /// The role's account.
    pub account: AccountId,
    /// The path, from `/` to `/`.
    pub path: String,
    /// The name.
    pub name: String,
    role: Role,
    /// Who asks: what was decided on is what the session is made of.
    pub(crate) bearer: Arc<Bearer>,
}

impl RoleByToken {
    pub(crate) fn new(role: Role, bearer: Arc<Bearer>) -> Self {
        let Role { account, path, name, .. } = role.clone();
        Self { account, path, name, role, bearer }
    }

    /// The role's record.
    pub(crate) fn record(&self) -> Result<&Record, Error> {
        self.role.record()
    }
}

impl Resource for RoleByToken {
    fn owner(&self) -> AccountId {
        self.role.owner()
    }

    fn scope(&self) -> Scope {
        self.role.scope()
    }

    fn policy(&self) -> Option<&Attached> {
        self.role.policy()
    }

    fn describe(&self, context: &mut Context) {
        self.role.describe(context);
    }

    fn model(&self) -> Model {
        self.role.model()
    }
}

/// The user outside of IAM that a federated session is for.
#[derive(Debug, Clone)]
pub struct FederatedUser {
    /// The account that vouches for it.
    pub account: AccountId,
    /// The name that the caller gave.
    pub name: String,
}

impl Resource for FederatedUser {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        nothing()
    }
}

/// What actions are done to that know no resource.
#[derive(Debug)]
pub struct Everything {
    account: AccountId,
}

impl Resource for Everything {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        nothing()
    }
}

/// Everything, as the caller's account sees it.
pub(crate) async fn everything(find: &Find<'_, Sts>) -> Result<Everything, Error> {
    Ok(Everything { account: find.account().ok_or(Error::Unsigned)? })
}

/// A scope in which there is no record: namespace 0 belongs to nobody.
fn nothing() -> Scope {
    Scope::new([0])
}
