use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{AddRoleToInstanceProfileOutput, op},
    ops::{Answer, Asked, roles::protect},
    quota,
};

impl Handler<op::AddRoleToInstanceProfile> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::AddRoleToInstanceProfile>,
    ) -> Answer<op::AddRoleToInstanceProfile> {
        let (permit, pass) = &asked.permits;
        self.change(permit, |draft| {
            let mut profile = permit.resource().load(draft)?;
            let role = pass.resource().load(draft)?;
            protect(&role)?;
            quota::ROLES_PER_PROFILE.admits_another(usize::from(profile.role.is_some()))?;
            profile.role = Some(role.name.clone());
            draft.touch(&role)?;
            draft.keep(&profile)
        })
        .await?;
        Ok(AddRoleToInstanceProfileOutput {}.into())
    }
}
