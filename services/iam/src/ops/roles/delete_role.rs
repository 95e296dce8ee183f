use kurodo_gateway::Handler;

use super::{delete, protect};
use crate::{
    Iam,
    error::Blocker,
    model::{DeleteRoleOutput, op},
    ops::{Answer, Asked},
};

impl Handler<op::DeleteRole> for Iam {
    async fn handle(&self, asked: Asked<'_, op::DeleteRole>) -> Answer<op::DeleteRole> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let role = permit.resource().load(draft)?;
            protect(&role)?;
            if !role.attached.is_empty() {
                return Err(Blocker::Attached.into());
            }
            if !role.inline.is_empty() {
                return Err(Blocker::Inline.into());
            }
            delete(draft, &role)
        })
        .await?;
        Ok(DeleteRoleOutput {}.into())
    }
}
