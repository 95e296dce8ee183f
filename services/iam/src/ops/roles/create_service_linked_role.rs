use std::collections::BTreeMap;

use kurodo_gateway::Handler;
use kurodo_identity::{
    Entity, Role,
    id::{self, Prefix},
    keys,
    managed::ServiceLinked,
};

use crate::{
    Error, Iam,
    model::{CreateServiceLinkedRoleOutput, op},
    ops::{Answer, Asked, now},
    quota,
    room::{Draft, Look},
    service_linked, view,
};

impl Handler<op::CreateServiceLinkedRole> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::CreateServiceLinkedRole>,
    ) -> Answer<op::CreateServiceLinkedRole> {
        let (permit, input, now) = (&asked.permits, &asked.input, now(asked.call));
        let linked = service_linked::known(&input.aws_service_name)?;
        let role =
            self.change(permit, |draft| create(draft, linked, input.description.as_ref(), now)).await?;
        let role = Some(view::whole_role(permit.resource().account, &role));
        Ok(CreateServiceLinkedRoleOutput { role }.into())
    }
}

fn create(
    draft: &Draft<'_>,
    linked: &ServiceLinked,
    description: Option<&String>,
    now: i64,
) -> Result<Role, Error> {
    if draft.record(&keys::role(linked.role))?.is_some() {
        return Err(Error::InvalidInput(format!(
            "Service role name {} has been taken in this account, please try a different suffix.",
            linked.role
        )));
    }
    quota::ROLES.admits_another(draft.count(&keys::roles())?)?;
    let role = Role {
        name: linked.role.to_owned(),
        id: id::unique(Prefix::Role, draft.account())?,
        path: service_linked::path(linked.service),
        created: now,
        trust: service_linked::trust(linked.service),
        bound_trust: None,
        max_session: Role::MAX_SESSION,
        description: description.cloned(),
        boundary: None,
        tags: Vec::new(),
        attached: vec![service_linked::policy_arn(linked)],
        inline: BTreeMap::new(),
        service: Some(linked.service.to_owned()),
    };
    draft.keep(&role)?;
    draft.put(&keys::entity(&role.id), &Entity::Role(role.name.clone()))?;
    Ok(role)
}
