use kurodo_gateway::Handler;

use super::detach;
use crate::{
    Iam,
    model::{DetachRolePolicyOutput, op},
    ops::{Answer, Asked, roles::protect},
};

impl Handler<op::DetachRolePolicy> for Iam {
    async fn handle(&self, asked: Asked<'_, op::DetachRolePolicy>) -> Answer<op::DetachRolePolicy> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let mut role = permit.resource().load(draft)?;
            protect(&role)?;
            detach(&mut role.attached, &asked.input.policy_arn)?;
            draft.keep(&role)
        })
        .await?;
        Ok(DetachRolePolicyOutput {}.into())
    }
}
