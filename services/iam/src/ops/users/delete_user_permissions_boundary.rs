use kurodo_gateway::Handler;

use crate::{
    Iam,
    error::Missing,
    model::{DeleteUserPermissionsBoundaryOutput, op},
    ops::{Answer, Asked},
};

impl Handler<op::DeleteUserPermissionsBoundary> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::DeleteUserPermissionsBoundary>,
    ) -> Answer<op::DeleteUserPermissionsBoundary> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let mut user = permit.resource().load(draft)?;
            user.boundary.take().ok_or(Missing::NoBoundary("user"))?;
            draft.keep(&user)
        })
        .await?;
        Ok(DeleteUserPermissionsBoundaryOutput {}.into())
    }
}
