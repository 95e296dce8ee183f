use kurodo_gateway::Handler;

use super::versions::{number, version};
use crate::{
    Iam,
    error::Blocker,
    model::{DeletePolicyVersionOutput, op},
    ops::{Answer, Asked, now},
};

impl Handler<op::DeletePolicyVersion> for Iam {
    async fn handle(&self, asked: Asked<'_, op::DeletePolicyVersion>) -> Answer<op::DeletePolicyVersion> {
        let (permit, now) = (&asked.permits, now(asked.call));
        let number = number(permit.resource(), &asked.input.version_id)?;
        self.change(permit, |draft| {
            let mut policy = permit.resource().load(draft)?;
            version(&policy, permit.resource(), number)?;
            if policy.default == number {
                return Err(Blocker::DefaultVersion.into());
            }
            policy.versions.retain(|version| version.number != number);
            policy.updated = now;
            draft.keep(&policy)
        })
        .await?;
        Ok(DeletePolicyVersionOutput {}.into())
    }
}
