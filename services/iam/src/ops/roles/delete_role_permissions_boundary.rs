use kurodo_gateway::Handler;

use crate::{
    Iam,
    error::Missing,
    model::{DeleteRolePermissionsBoundaryOutput, op},
    ops::{Answer, Asked, roles::protect},
};

impl Handler<op::DeleteRolePermissionsBoundary> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::DeleteRolePermissionsBoundary>,
    ) -> Answer<op::DeleteRolePermissionsBoundary> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let mut role = permit.resource().load(draft)?;
            protect(&role)?;
            role.boundary.take().ok_or(Missing::NoBoundary("role"))?;
            draft.keep(&role)
        })
        .await?;
        Ok(DeleteRolePermissionsBoundaryOutput {}.into())
    }
}
