use kurodo_gateway::Handler;
use kurodo_identity::keys;

use crate::{
    Iam,
    error::Missing,
    model::{RemoveUserFromGroupOutput, op},
    ops::{Answer, Asked},
    room::Look,
};

impl Handler<op::RemoveUserFromGroup> for Iam {
    async fn handle(&self, asked: Asked<'_, op::RemoveUserFromGroup>) -> Answer<op::RemoveUserFromGroup> {
        let (permit, name) = (&asked.permits, &asked.input.user_name);
        self.change(permit, |draft| {
            let group = permit.resource().load(draft)?;
            let user = draft.record(&keys::user(name))?;
            let mut user = user.ok_or_else(|| Missing::User(name.clone()))?;
            user.groups.retain(|id| *id != group.id);
            draft.keep(&user)
        })
        .await?;
        Ok(RemoveUserFromGroupOutput {}.into())
    }
}
