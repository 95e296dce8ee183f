use kurodo_gateway::Handler;

use crate::{
    Iam,
    error::Missing,
    model::{RemoveRoleFromInstanceProfileOutput, op},
    ops::{Answer, Asked},
};

impl Handler<op::RemoveRoleFromInstanceProfile> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::RemoveRoleFromInstanceProfile>,
    ) -> Answer<op::RemoveRoleFromInstanceProfile> {
        let (permit, role) = (&asked.permits, &asked.input.role_name);
        self.change(permit, |draft| {
            let mut profile = permit.resource().load(draft)?;
            let within = profile.role.take().filter(|name| name.to_lowercase() == role.to_lowercase());
            within.ok_or_else(|| Missing::RoleInProfile {
                role: role.clone(),
                profile: profile.name.clone(),
            })?;
            draft.keep(&profile)
        })
        .await?;
        Ok(RemoveRoleFromInstanceProfileOutput {}.into())
    }
}
