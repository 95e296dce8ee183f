use kurodo_gateway::Handler;

use super::missing;
use crate::{
    Iam,
    model::{DeleteRolePolicyOutput, op},
    ops::{Answer, Asked, roles::protect},
};

impl Handler<op::DeleteRolePolicy> for Iam {
    async fn handle(&self, asked: Asked<'_, op::DeleteRolePolicy>) -> Answer<op::DeleteRolePolicy> {
        let (permit, name) = (&asked.permits, &asked.input.policy_name);
        self.change(permit, |draft| {
            let mut role = permit.resource().load(draft)?;
            protect(&role)?;
            role.inline.remove(name).ok_or_else(|| missing("role", name))?;
            draft.keep(&role)
        })
        .await?;
        Ok(DeleteRolePolicyOutput {}.into())
    }
}
