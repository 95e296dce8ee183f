use kurodo_gateway::Handler;
use kurodo_identity::{Entity, Group, keys};

use crate::{
    Error, Iam,
    error::Duplicate,
    model::{UpdateGroupInput, UpdateGroupOutput, op},
    ops::{Answer, Asked},
    room::{Draft, Look},
};

impl Handler<op::UpdateGroup> for Iam {
    async fn handle(&self, asked: Asked<'_, op::UpdateGroup>) -> Answer<op::UpdateGroup> {
        let (permit, _) = &asked.permits;
        self.change(permit, |draft| update(draft, permit.resource().load(draft)?, &asked.input)).await?;
        Ok(UpdateGroupOutput {}.into())
    }
}

fn update(draft: &Draft<'_>, mut group: Group, input: &UpdateGroupInput) -> Result<(), Error> {
    let old = keys::group(&group.name);
    if let Some(path) = &input.new_path {
        group.path.clone_from(path);
    }
    if let Some(name) = &input.new_group_name {
        group.name.clone_from(name);
    }
    let new = keys::group(&group.name);
    if old.as_ref() != new.as_ref() {
        if draft.record(&new)?.is_some() {
            return Err(Duplicate::Group(group.name).into());
        }
        draft.delete(&old);
    }
    draft.keep(&group)?;
    draft.put(&keys::entity(&group.id), &Entity::Group(group.name.clone()))
}
