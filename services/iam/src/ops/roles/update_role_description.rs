use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{UpdateRoleDescriptionOutput, op},
    ops::{Answer, Asked},
    view,
};

impl Handler<op::UpdateRoleDescription> for Iam {
    async fn handle(&self, asked: Asked<'_, op::UpdateRoleDescription>) -> Answer<op::UpdateRoleDescription> {
        let (permit, description) = (&asked.permits, &asked.input.description);
        let role = self
            .change(permit, |draft| {
                let mut role = permit.resource().load(draft)?;
                role.description = Some(description.clone());
                draft.keep(&role)?;
                Ok(role)
            })
            .await?;
        let role = Some(view::whole_role(permit.resource().account, &role));
        Ok(UpdateRoleDescriptionOutput { role }.into())
    }
}
