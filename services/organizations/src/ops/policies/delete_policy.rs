use kurodo_gateway::Handler;
use kurodo_identity::keys;

use crate::{
    Error, Organizations,
    model::{DeletePolicyOutput, op},
    ops::{Answer, Asked},
    room::Look,
};

impl Handler<op::DeletePolicy> for Organizations {
    async fn handle(&self, asked: Asked<'_, op::DeletePolicy>) -> Answer<op::DeletePolicy> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let policy = permit.resource().load_own(draft)?;
            let attached = draft.all(&keys::attachments())?;
            if attached.iter().any(|attachments| attachments.policies.contains(&policy.id)) {
                return Err(Error::PolicyInUse);
            }
            draft.delete(&keys::org_policies().exactly(&policy.id));
            Ok(())
        })
        .await?;
        Ok(DeletePolicyOutput {}.into())
    }
}
