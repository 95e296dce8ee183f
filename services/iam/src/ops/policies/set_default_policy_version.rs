use kurodo_gateway::Handler;

use super::versions::{number, version};
use crate::{
    Iam,
    model::{SetDefaultPolicyVersionOutput, op},
    ops::{Answer, Asked, now},
};

impl Handler<op::SetDefaultPolicyVersion> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::SetDefaultPolicyVersion>,
    ) -> Answer<op::SetDefaultPolicyVersion> {
        let (permit, now) = (&asked.permits, now(asked.call));
        let number = number(permit.resource(), &asked.input.version_id)?;
        self.change(permit, |draft| {
            let mut policy = permit.resource().load(draft)?;
            policy.default = version(&policy, permit.resource(), number)?.number;
            policy.updated = now;
            draft.keep(&policy)
        })
        .await?;
        Ok(SetDefaultPolicyVersionOutput {}.into())
    }
}
