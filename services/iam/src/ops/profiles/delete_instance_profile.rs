use kurodo_gateway::Handler;
use kurodo_identity::keys;

use crate::{
    Iam,
    error::Blocker,
    model::{DeleteInstanceProfileOutput, op},
    ops::{Answer, Asked},
};

impl Handler<op::DeleteInstanceProfile> for Iam {
    async fn handle(&self, asked: Asked<'_, op::DeleteInstanceProfile>) -> Answer<op::DeleteInstanceProfile> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let profile = permit.resource().load(draft)?;
            if profile.role.is_some() {
                return Err(Blocker::InstanceProfile.into());
            }
            draft.delete(&keys::instance_profile(&profile.name));
            Ok(())
        })
        .await?;
        Ok(DeleteInstanceProfileOutput {}.into())
    }
}
