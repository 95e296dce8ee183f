use kurodo_gateway::Handler;

use super::{protect, trust::Trust};
use crate::{
    Iam,
    model::{UpdateAssumeRolePolicyOutput, op},
    ops::{Answer, Asked},
};

impl Handler<op::UpdateAssumeRolePolicy> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::UpdateAssumeRolePolicy>,
    ) -> Answer<op::UpdateAssumeRolePolicy> {
        let permit = &asked.permits;
        let trust = Trust::accept(&self.principals, &asked.input.policy_document)?;
        self.change(permit, |draft| {
            let mut role = permit.resource().load(draft)?;
            protect(&role)?;
            role.trust.clone_from(&trust.document);
            role.bound_trust = Some(trust.bound.clone());
            draft.keep(&role)
        })
        .await?;
        Ok(UpdateAssumeRolePolicyOutput {}.into())
    }
}
