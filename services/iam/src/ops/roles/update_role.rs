use kurodo_gateway::Handler;

use super::{create_role::max_session, protect};
use crate::{
    Iam,
    model::{UpdateRoleOutput, op},
    ops::{Answer, Asked},
};

impl Handler<op::UpdateRole> for Iam {
    async fn handle(&self, asked: Asked<'_, op::UpdateRole>) -> Answer<op::UpdateRole> {
        let (permit, input) = (&asked.permits, &asked.input);
        self.change(permit, |draft| {
            let mut role = permit.resource().load(draft)?;
            if input.max_session_duration.is_some() {
                protect(&role)?;
                role.max_session = max_session(input.max_session_duration);
            }
            if input.description.is_some() {
                role.description.clone_from(&input.description);
            }
            draft.keep(&role)
        })
        .await?;
        Ok(UpdateRoleOutput {}.into())
    }
}
