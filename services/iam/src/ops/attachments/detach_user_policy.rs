use kurodo_gateway::Handler;

use super::detach;
use crate::{
    Iam,
    model::{DetachUserPolicyOutput, op},
    ops::{Answer, Asked},
};

impl Handler<op::DetachUserPolicy> for Iam {
    async fn handle(&self, asked: Asked<'_, op::DetachUserPolicy>) -> Answer<op::DetachUserPolicy> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let mut user = permit.resource().load(draft)?;
            detach(&mut user.attached, &asked.input.policy_arn)?;
            draft.keep(&user)
        })
        .await?;
        Ok(DetachUserPolicyOutput {}.into())
    }
}
