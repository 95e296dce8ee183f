use kurodo_gateway::Handler;

use super::attach;
use crate::{
    Iam,
    model::{AttachGroupPolicyOutput, op},
    ops::{Answer, Asked},
    quota,
};

impl Handler<op::AttachGroupPolicy> for Iam {
    async fn handle(&self, asked: Asked<'_, op::AttachGroupPolicy>) -> Answer<op::AttachGroupPolicy> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let mut group = permit.resource().load(draft)?;
            attach(draft, &mut group.attached, &asked.input.policy_arn, quota::POLICIES_PER_GROUP)?;
            draft.keep(&group)
        })
        .await?;
        Ok(AttachGroupPolicyOutput {}.into())
    }
}
