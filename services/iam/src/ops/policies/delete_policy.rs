use kurodo_gateway::Handler;
use kurodo_identity::keys;

use super::Uses;
use crate::{
    Iam,
    error::Blocker,
    model::{DeletePolicyOutput, op},
    ops::{Answer, Asked},
    view::Used,
};

impl Handler<op::DeletePolicy> for Iam {
    async fn handle(&self, asked: Asked<'_, op::DeletePolicy>) -> Answer<op::DeletePolicy> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let policy = permit.resource().load(draft)?;
            if Uses::count(draft)?.of(&permit.resource().arn()) != Used::default() {
                return Err(Blocker::Entities.into());
            }
            if policy.versions.len() > 1 {
                return Err(Blocker::Versions.into());
            }
            draft.delete(&keys::policy(&policy.name));
            Ok(())
        })
        .await?;
        Ok(DeletePolicyOutput {}.into())
    }
}
