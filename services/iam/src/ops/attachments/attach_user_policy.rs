use kurodo_gateway::Handler;

use super::attach;
use crate::{
    Iam,
    model::{AttachUserPolicyOutput, op},
    ops::{Answer, Asked},
    quota,
};

impl Handler<op::AttachUserPolicy> for Iam {
    async fn handle(&self, asked: Asked<'_, op::AttachUserPolicy>) -> Answer<op::AttachUserPolicy> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let mut user = permit.resource().load(draft)?;
            attach(draft, &mut user.attached, &asked.input.policy_arn, quota::POLICIES_PER_USER)?;
            draft.keep(&user)
        })
        .await?;
        Ok(AttachUserPolicyOutput {}.into())
    }
}
