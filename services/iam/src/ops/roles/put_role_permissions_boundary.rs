use kurodo_gateway::Handler;

use crate::{
    Iam,
    error::Missing,
    model::{PutRolePermissionsBoundaryOutput, op},
    ops::{Answer, Asked, boundary, roles::protect},
};

impl Handler<op::PutRolePermissionsBoundary> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::PutRolePermissionsBoundary>,
    ) -> Answer<op::PutRolePermissionsBoundary> {
        let permit = &asked.permits;
        let arn = &asked.input.permissions_boundary;
        self.change(permit, |draft| {
            let mut role = permit.resource().load(draft)?;
            protect(&role)?;
            boundary::refer(draft, arn, Missing::Boundary)?;
            role.boundary = Some(arn.clone());
            draft.keep(&role)
        })
        .await?;
        Ok(PutRolePermissionsBoundaryOutput {}.into())
    }
}
