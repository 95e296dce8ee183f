use kurodo_gateway::Handler;

use super::detach;
use crate::{
    Iam,
    model::{DetachGroupPolicyOutput, op},
    ops::{Answer, Asked},
};

impl Handler<op::DetachGroupPolicy> for Iam {
    async fn handle(&self, asked: Asked<'_, op::DetachGroupPolicy>) -> Answer<op::DetachGroupPolicy> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let mut group = permit.resource().load(draft)?;
            detach(&mut group.attached, &asked.input.policy_arn)?;
            draft.keep(&group)
        })
        .await?;
        Ok(DetachGroupPolicyOutput {}.into())
    }
}
