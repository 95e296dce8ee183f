use kurodo_gateway::Handler;

use super::attach;
use crate::{
    Iam,
    model::{AttachRolePolicyOutput, op},
    ops::{Answer, Asked, roles::protect},
    quota,
};

impl Handler<op::AttachRolePolicy> for Iam {
    async fn handle(&self, asked: Asked<'_, op::AttachRolePolicy>) -> Answer<op::AttachRolePolicy> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let mut role = permit.resource().load(draft)?;
            protect(&role)?;
            attach(draft, &mut role.attached, &asked.input.policy_arn, quota::POLICIES_PER_ROLE)?;
            draft.keep(&role)
        })
        .await?;
        Ok(AttachRolePolicyOutput {}.into())
    }
}
