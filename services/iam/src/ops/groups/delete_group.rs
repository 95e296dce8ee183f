use kurodo_gateway::Handler;
use kurodo_identity::{Group, keys};

use crate::{
    Error, Iam,
    error::Blocker,
    model::{DeleteGroupOutput, op},
    ops::{Answer, Asked},
    room::{Draft, Look},
};

impl Handler<op::DeleteGroup> for Iam {
    async fn handle(&self, asked: Asked<'_, op::DeleteGroup>) -> Answer<op::DeleteGroup> {
        let permit = &asked.permits;
        self.change(permit, |draft| delete(draft, &permit.resource().load(draft)?)).await?;
        Ok(DeleteGroupOutput {}.into())
    }
}

fn delete(draft: &Draft<'_>, group: &Group) -> Result<(), Error> {
    if !group.attached.is_empty() {
        return Err(Blocker::Attached.into());
    }
    if !group.inline.is_empty() {
        return Err(Blocker::Inline.into());
    }
    for user in draft.walk(&keys::users(), None)? {
        if user?.groups.contains(&group.id) {
            return Err(Blocker::Membership.into());
        }
    }
    draft.delete(&keys::group(&group.name));
    draft.delete(&keys::entity(&group.id));
    Ok(())
}
