//! Whom the principals of a policy stand for. A policy is kept with the unique ids of users and roles, so that it does
//! not let in whoever is called the same later.
//!
//! Source: IAM User Guide, "AWS JSON policy elements: Principal", "IAM users" and "IAM roles".

use std::collections::BTreeMap;

use kurodo_arn::{AccountId, Arn};
use kurodo_identity::{Entity, ReadRecords, iam_scope, id, keys, org_scope};
use kurodo_store::{Reader, StoreError};
use serde_json::Value;

use super::malformed;
use crate::Error;

/// What the principals of a policy are to be replaced by; those that are missing stand for nobody.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names(BTreeMap<(String, String), String>);

impl Names {
    /// Looks up whom the principals of a policy stand for, to keep it. Whatever is no policy has none.
    pub(crate) fn kept(reader: &Reader<'_>, text: &str) -> Result<Self, Error> {
        Self::look_up(text, |kind, name| {
            Ok(match kind {
                "AWS" => aws(reader, name)?,
                "CanonicalUser" => canonical(reader, name)?.then(|| name.to_ascii_lowercase()),
                "Service" => name.ends_with(".amazonaws.com").then(|| name.to_owned()),
                _ => Some(name.to_owned()),
            })
        })
    }

    /// Looks up how the principals of a kept policy are called today. Those who are gone are shown by their ids.
    pub(crate) fn shown(reader: &Reader<'_>, text: &str) -> Result<Self, Error> {
        Self::look_up(text, |_, name| Ok(Some(called(reader, name)?.unwrap_or_else(|| name.to_owned()))))
    }

    fn look_up(
        text: &str,
        find: impl Fn(&str, &str) -> Result<Option<String>, StoreError>,
    ) -> Result<Self, Error> {
        let mut names = BTreeMap::new();
        let mut document = serde_json::from_str(text).unwrap_or_default();
        each(&mut document, &mut |kind, name| {
            if let Some(found) = find(kind, name)? {
                names.insert((kind.to_owned(), name.clone()), found);
            }
            Ok(())
        })?;
        Ok(Self(names))
    }

    /// Replaces the principals of the policy.
    pub(super) fn put_into(&self, document: &mut Value) -> Result<(), Error> {
        each(document, &mut |kind, name| {
            let found = self.0.get(&(kind.to_owned(), name.clone()));
            *name = found.ok_or_else(|| malformed("Invalid principal in policy"))?.clone();
            Ok(())
        })
    }

    /// The kept policy with the principals' names of today.
    pub(crate) fn show(&self, kept: &str) -> Result<String, Error> {
        let mut document = serde_json::from_str(kept).map_err(|_| malformed(super::NOT_JSON))?;
        self.put_into(&mut document)?;
        Ok(document.to_string())
    }
}

type Visit<'v> = &'v mut dyn FnMut(&str, &mut String) -> Result<(), Error>;

/// Visits every principal, with its kind, wherever the document has one.
fn each(document: &mut Value, visit: Visit<'_>) -> Result<(), Error> {
    let statements = match document.get_mut("Statement") {
        Some(Value::Array(statements)) => statements.as_mut_slice(),
        Some(statement) => std::slice::from_mut(statement),
        None => return Ok(()),
    };
    for statement in statements {
        for element in ["Principal", "NotPrincipal"] {
            let Some(Value::Object(kinds)) = statement.get_mut(element) else { continue };
            for (kind, names) in kinds {
                each_name(kind, names, visit)?;
            }
        }
    }
    Ok(())
}

fn each_name(kind: &str, names: &mut Value, visit: Visit<'_>) -> Result<(), Error> {
    let names = match names {
        Value::Array(names) => names.as_mut_slice(),
        name => std::slice::from_mut(name),
    };
    names.iter_mut().try_for_each(|name| match name {
        Value::String(name) => visit(kind, name),
        _ => Ok(()),
    })
}

/// What an account, user, role or session is kept as.
fn aws(reader: &Reader<'_>, name: &str) -> Result<Option<String>, StoreError> {
    if name == "*" {
        return Ok(Some(name.to_owned()));
    }
    if let Ok(account) = name.parse() {
        return account_root(reader, account);
    }
    let Ok(arn) = name.parse::<Arn>() else {
        return Ok(called(reader, name)?.map(|_| name.to_owned()));
    };
    let Ok(account) = arn.account.parse() else { return Ok(None) };
    let (kind, path) = arn.resource.split_once('/').unwrap_or((&arn.resource, ""));
    let last = path.rsplit('/').next().unwrap_or_default();
    let scope = iam_scope(account);
    Ok(match (arn.service.as_str(), kind) {
        ("iam", "root") => account_root(reader, account)?,
        ("iam", "user") => {
            let found = reader.record(&keys::user(last).below(&scope))?.map(|found| found.value);
            found.filter(|user| user.arn(account) == name).map(|user| user.id)
        }
        ("iam", "role") => {
            let found = reader.record(&keys::role(last).below(&scope))?.map(|found| found.value);
            found.filter(|role| role.arn(account) == name).map(|role| role.id)
        }
        _ => account_root(reader, account)?.map(|_| name.to_owned()),
    })
}

fn account_root(reader: &Reader<'_>, account: AccountId) -> Result<Option<String>, StoreError> {
    let found = reader.record(&keys::account().below(&iam_scope(account)))?;
    Ok(found.map(|found| found.value.root_arn()))
}

/// Whether an account has this canonical user id.
pub(crate) fn canonical(reader: &Reader<'_>, id: &str) -> Result<bool, StoreError> {
    for member in reader.all(&keys::members().below(&org_scope()))? {
        let account = reader.record(&keys::account().below(&iam_scope(member.account)))?;
        if account.is_some_and(|found| found.value.canonical_id.eq_ignore_ascii_case(id)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The ARN of the user or role with this unique id.
fn called(reader: &Reader<'_>, unique: &str) -> Result<Option<String>, StoreError> {
    let Some(account) = id::account_of(unique) else { return Ok(None) };
    let scope = iam_scope(account);
    let entity = reader.record(&keys::entity(unique).below(&scope))?.map(|found| found.value);
    Ok(match entity {
        Some(Entity::User(name)) => {
            reader.record(&keys::user(&name).below(&scope))?.map(|found| found.value.arn(account))
        }
        Some(Entity::Role(name)) => {
            reader.record(&keys::role(&name).below(&scope))?.map(|found| found.value.arn(account))
        }
        _ => None,
    })
}

#[cfg(test)]
impl Names {
    /// Everybody stands for themselves.
    pub(super) fn as_written(text: &str) -> Self {
        Self::look_up(text, |_, name| Ok(Some(name.to_owned()))).unwrap()
    }
}
