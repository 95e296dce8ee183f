use kurodo_gateway::Handler;

use super::{protect, trust};
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
        let (permit, document) = (&asked.permits, &asked.input.policy_document);
        self.change(permit, |draft| {
            let mut role = permit.resource().load(draft)?;
            protect(&role)?;
            role.trust = trust::accept(draft, document)?;
            draft.keep(&role)
        })
        .await?;
        Ok(UpdateAssumeRolePolicyOutput {}.into())
    }
}
