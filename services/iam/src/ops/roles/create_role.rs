use std::collections::BTreeMap;

use kurodo_gateway::Handler;
use kurodo_identity::{
    Entity, Role,
    id::{self, Prefix},
    keys,
};

use super::trust::Trust;
use crate::{
    Error, Iam,
    error::{Duplicate, Missing},
    model::{CreateRoleInput, CreateRoleOutput, op},
    ops::{Answer, Asked, boundary, now, path},
    quota,
    room::{Draft, Look},
    tags, view,
};

impl Handler<op::CreateRole> for Iam {
    async fn handle(&self, asked: Asked<'_, op::CreateRole>) -> Answer<op::CreateRole> {
        let (permit, _) = &asked.permits;
        let (input, now) = (&asked.input, now(asked.call));
        let trust = Trust::accept(&self.principals, &input.assume_role_policy_document)?;
        let role = self.change(permit, |draft| create(draft, input, &trust, now)).await?;
        let account = permit.resource().account;
        Ok(CreateRoleOutput { role: view::whole_role(account, &role) }.into())
    }
}

fn create(draft: &Draft<'_>, input: &CreateRoleInput, trust: &Trust, now: i64) -> Result<Role, Error> {
    let (name, path) = (&input.role_name, path(input.path.as_ref()));
    reserve(&path)?;
    if draft.record(&keys::role(name))?.is_some() {
        return Err(Duplicate::Role(name.clone()).into());
    }
    quota::ROLES.admits_another(draft.count(&keys::roles())?)?;
    if let Some(arn) = &input.permissions_boundary {
        boundary::refer(draft, arn, Missing::Boundary)?;
    }
    let role = Role {
        name: name.clone(),
        id: id::unique(Prefix::Role, draft.account())?,
        path,
        created: now,
        trust: trust.document.clone(),
        bound_trust: Some(trust.bound.clone()),
        max_session: max_session(input.max_session_duration),
        description: input.description.clone(),
        boundary: input.permissions_boundary.clone(),
        tags: tags::new(input.tags.as_ref())?,
        attached: Vec::new(),
        inline: BTreeMap::new(),
        service: None,
    };
    draft.keep(&role)?;
    draft.put(&keys::entity(&role.id), &Entity::Role(name.clone()))?;
    Ok(role)
}

/// The path of service-linked roles is not free: organisations' policies do not limit what lies there.
fn reserve(path: &str) -> Result<(), Error> {
    if path.to_lowercase().starts_with("/aws-service-role/") {
        let message = "The path /aws-service-role/ is reserved for service-linked roles.";
        return Err(Error::InvalidInput(message.to_owned()));
    }
    Ok(())
}

/// Seconds that a session may last.
pub(super) fn max_session(given: Option<i32>) -> u32 {
    given.and_then(|seconds| u32::try_from(seconds).ok()).unwrap_or(Role::MAX_SESSION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_services_cannot_be_taken() {
        assert!(reserve("/").is_ok());
        assert!(reserve("/service-role/").is_ok());
        for path in ["/aws-service-role/rds.amazonaws.com/", "/AWS-Service-Role/"] {
            assert_eq!(reserve(path).unwrap_err().code(), Some(("InvalidInput", 400)), "{path}");
        }
    }
}
