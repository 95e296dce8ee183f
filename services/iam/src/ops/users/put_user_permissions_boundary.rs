use kurodo_gateway::Handler;

use crate::{
    Iam,
    error::Missing,
    model::{PutUserPermissionsBoundaryOutput, op},
    ops::{Answer, Asked, boundary},
};

impl Handler<op::PutUserPermissionsBoundary> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::PutUserPermissionsBoundary>,
    ) -> Answer<op::PutUserPermissionsBoundary> {
        let permit = &asked.permits;
        let arn = &asked.input.permissions_boundary;
        self.change(permit, |draft| {
            let mut user = permit.resource().load(draft)?;
            boundary::refer(draft, arn, Missing::Boundary)?;
            user.boundary = Some(arn.clone());
            draft.keep(&user)
        })
        .await?;
        Ok(PutUserPermissionsBoundaryOutput {}.into())
    }
}
