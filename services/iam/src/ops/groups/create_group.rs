use std::collections::BTreeMap;

use kurodo_gateway::Handler;
use kurodo_identity::{
    Entity, Group,
    id::{self, Prefix},
    keys,
};

use crate::{
    Error, Iam,
    error::Duplicate,
    model::{CreateGroupInput, CreateGroupOutput, op},
    ops::{Answer, Asked, now, path},
    quota,
    room::{Draft, Look},
    view,
};

impl Handler<op::CreateGroup> for Iam {
    async fn handle(&self, asked: Asked<'_, op::CreateGroup>) -> Answer<op::CreateGroup> {
        let (permit, input, now) = (&asked.permits, &asked.input, now(asked.call));
        let group = self.change(permit, |draft| create(draft, input, now)).await?;
        Ok(CreateGroupOutput { group: view::group(permit.resource().account, &group) }.into())
    }
}

fn create(draft: &Draft<'_>, input: &CreateGroupInput, now: i64) -> Result<Group, Error> {
    let name = &input.group_name;
    if draft.record(&keys::group(name))?.is_some() {
        return Err(Duplicate::Group(name.clone()).into());
    }
    quota::GROUPS.admits_another(draft.count(&keys::groups())?)?;
    let group = Group {
        name: name.clone(),
        id: id::unique(Prefix::Group, draft.account())?,
        path: path(input.path.as_ref()),
        created: now,
        attached: Vec::new(),
        inline: BTreeMap::new(),
    };
    draft.keep(&group)?;
    draft.put(&keys::entity(&group.id), &Entity::Group(name.clone()))?;
    Ok(group)
}
