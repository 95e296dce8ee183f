//! Whom a policy names, bound to those who bear the names today.
//!
//! A user or role that is deleted and created again under its old name is someone else, and is not trusted for
//! its name. Source: IAM User Guide, "AWS JSON policy elements: Principal".

use kurodo_arn::{AccountId, Arn};
use kurodo_store::{CoreDoor, Reader, StoreError};
use serde_json::Value;

use crate::{ReadRecords, iam_scope, keys};

/// Finds the unique ids of the users and roles that policies name, in whatever account.
#[derive(Debug, Clone)]
pub struct Principals {
    door: CoreDoor,
}

/// Why a policy cannot be bound.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// There is no such user or role. The text is AWS's.
    #[error("Invalid principal in policy: \"AWS\":\"{0}\"")]
    Unknown(String),
    /// The document is not JSON.
    #[error("the document is not JSON")]
    NotJson,
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Principals {
    /// The principals behind this door.
    pub fn new(door: CoreDoor) -> Self {
        Self { door }
    }

    /// The document with unique ids in place of the ARNs of users and roles. Accounts, services and sessions
    /// stay as they are.
    ///
    /// # Errors
    /// [`BindError`].
    pub fn bind(&self, document: &str) -> Result<String, BindError> {
        let mut value: Value = serde_json::from_str(document).map_err(|_| BindError::NotJson)?;
        let reader = self.door.read();
        for statement in each(value.get_mut("Statement")) {
            for element in ["Principal", "NotPrincipal"] {
                let named = statement.get_mut(element).and_then(|principal| principal.get_mut("AWS"));
                for name in each(named) {
                    bind(&reader, name)?;
                }
            }
        }
        Ok(value.to_string())
    }
}

/// The items of a list; anything else is a list of itself.
fn each(value: Option<&mut Value>) -> impl Iterator<Item = &mut Value> {
    let (one, many) = match value {
        Some(Value::Array(items)) => (None, Some(items.iter_mut())),
        other => (other, None),
    };
    one.into_iter().chain(many.into_iter().flatten())
}

fn bind(reader: &Reader<'_>, name: &mut Value) -> Result<(), BindError> {
    let Some(text) = name.as_str() else { return Ok(()) };
    let Some((account, kind, rest)) = parts(text) else { return Ok(()) };
    let id = match kind {
        Kind::User => user(reader, account, rest.as_str(), text)?,
        Kind::Role => role(reader, account, rest.as_str(), text)?,
    };
    *name = Value::String(id.ok_or_else(|| BindError::Unknown(text.to_owned()))?);
    Ok(())
}

enum Kind {
    User,
    Role,
}

/// Account, kind and name of a user's or role's ARN.
fn parts(text: &str) -> Option<(AccountId, Kind, String)> {
    let arn: Arn = text.parse().ok().filter(|arn: &Arn| arn.service == "iam")?;
    let (kind, path) = arn.resource.split_once('/')?;
    let kind = match kind {
        "user" => Kind::User,
        "role" => Kind::Role,
        _ => return None,
    };
    Some((arn.account.parse().ok()?, kind, path.rsplit('/').next()?.to_owned()))
}

fn user(
    reader: &Reader<'_>,
    account: AccountId,
    name: &str,
    arn: &str,
) -> Result<Option<String>, StoreError> {
    let found = reader.record(&keys::user(name).below(&iam_scope(account)))?.map(|found| found.value);
    Ok(found.filter(|user| user.arn(account) == arn).map(|user| user.id))
}

fn role(
    reader: &Reader<'_>,
    account: AccountId,
    name: &str,
    arn: &str,
) -> Result<Option<String>, StoreError> {
    let found = reader.record(&keys::role(name).below(&iam_scope(account)))?.map(|found| found.value);
    Ok(found.filter(|role| role.arn(account) == arn).map(|role| role.id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixture::Fixture;

    fn trust(principal: &Value) -> String {
        let statement = json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" });
        json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
    }

    #[tokio::test]
    async fn users_and_roles_become_their_ids_and_the_rest_stays() {
        let world = Fixture::new().await;
        let principals = Principals::new(world.door.clone());
        let (user, _) = world.user("Bob", |user| user.path = "/team/".to_owned()).await;
        let role = world.role("Deploy", |_| {}).await;
        let account = world.account;
        let root = format!("arn:aws:iam::{account}:root");
        let session = format!("arn:aws:sts::{account}:assumed-role/Deploy/ci");
        let names = [user.arn(account), role.arn(account), root.clone(), session.clone(), "*".to_owned()];
        let bound =
            principals.bind(&trust(&json!({ "AWS": names, "Service": "ec2.amazonaws.com" }))).unwrap();
        let ids = json!([user.id, role.id, root, session, "*"]);
        assert_eq!(bound, trust(&json!({ "AWS": ids, "Service": "ec2.amazonaws.com" })));
        let one = principals.bind(&trust(&json!({ "AWS": user.arn(account) }))).unwrap();
        assert_eq!(one, trust(&json!({ "AWS": user.id })));
        assert_eq!(principals.bind(&trust(&json!("*"))).unwrap(), trust(&json!("*")));
    }

    #[tokio::test]
    async fn nobody_can_be_named_who_does_not_exist() {
        let world = Fixture::new().await;
        let principals = Principals::new(world.door.clone());
        world.user("bob", |_| {}).await;
        for name in ["user/eve", "user/other/bob", "user/BOB", "role/bob"] {
            let arn = format!("arn:aws:iam::{}:{name}", world.account);
            let error = principals.bind(&trust(&json!({ "AWS": arn }))).unwrap_err();
            assert_eq!(error.to_string(), format!("Invalid principal in policy: \"AWS\":\"{arn}\""));
        }
    }
}
