use kurodo_arn::AccountId;
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;
use kurodo_identity::{Role as Record, iam_scope, keys, usage_scope};
use kurodo_policy::Context;

use super::{
    home, path,
    seen::{Seen, Subject, load},
    stored,
};
use crate::{Error, Iam, error::Missing, room::Look, service_linked};

/// A role.
#[derive(Debug)]
pub struct Role {
    /// The account.
    pub account: AccountId,
    /// The path, from `/` to `/`.
    pub path: String,
    /// The name.
    pub name: String,
    seen: Option<Seen>,
    /// What denials call it: AWS does not tell the path of what a request names.
    called: Option<String>,
    shows_boundary: bool,
    passed_to: Option<&'static str>,
    uses: bool,
}

impl Role {
    fn new(account: AccountId, path: &str, name: &str) -> Self {
        Self {
            account,
            path: path.to_owned(),
            name: name.to_owned(),
            seen: None,
            called: None,
            shows_boundary: false,
            passed_to: None,
            uses: false,
        }
    }

    /// The role's record, as it was when it was decided on.
    pub(crate) fn load(&self, look: &impl Look) -> Result<Record, Error> {
        load(look, &keys::role(&self.name), self.seen.as_ref(), || Missing::Role(self.name.clone()))
    }
}

impl Resource for Role {
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
        if let Some(service) = self.passed_to {
            context.set("iam:PassedToService", service);
        }
        let Some(seen) = &self.seen else { return };
        seen.tags_to(&["aws:ResourceTag/", "iam:ResourceTag/"], context);
        if let Some(boundary) = seen.boundary.as_ref().filter(|_| self.shows_boundary) {
            context.set("iam:PermissionsBoundary", boundary.as_str());
        }
    }
}

/// The role of this name.
pub async fn role(find: &Find<'_, Iam>, name: &str) -> Result<Role, Error> {
    let account = home(find)?;
    let found: Option<Record> = stored(find, account, &keys::role(name))?;
    let role = match found {
        Some(record) => Role { seen: Some(record.seen()), ..Role::new(account, &record.path, &record.name) },
        None => Role::new(account, "/", name),
    };
    Ok(Role { called: Some(format!("role {name}")), ..role })
}

/// The role of this name; its permissions boundary is a condition key.
pub async fn bounded_role(find: &Find<'_, Iam>, name: &str) -> Result<Role, Error> {
    Ok(Role { shows_boundary: true, ..role(find, name).await? })
}

/// The role of this name, for the record of when it was last used; as [`bounded_role`].
pub async fn use_of_role(find: &Find<'_, Iam>, name: &str) -> Result<Role, Error> {
    Ok(Role { uses: true, ..bounded_role(find, name).await? })
}

/// The role of this name, passed to EC2's instances.
pub async fn role_for_ec2(find: &Find<'_, Iam>, name: &str) -> Result<Role, Error> {
    Ok(Role { passed_to: Some("ec2.amazonaws.com"), called: None, ..role(find, name).await? })
}

/// A role that does not exist yet.
pub async fn new_role(find: &Find<'_, Iam>, given: &Option<String>, name: &str) -> Result<Role, Error> {
    Ok(Role::new(home(find)?, &path(given), name))
}

/// The role that a service is to have in this account.
pub async fn service_linked_role(find: &Find<'_, Iam>, service: &str) -> Result<Role, Error> {
    let linked = service_linked::known(service)?;
    Ok(Role::new(home(find)?, &service_linked::path(service), linked.role))
}

/// The role whose deletion a task is.
pub async fn role_of_task(find: &Find<'_, Iam>, task: &str) -> Result<Role, Error> {
    let task = service_linked::Task::read(task)?;
    Ok(Role::new(home(find)?, &service_linked::path(&task.service), &task.role))
}
