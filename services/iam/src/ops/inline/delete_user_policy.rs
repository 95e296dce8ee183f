use kurodo_gateway::Handler;

use super::missing;
use crate::{
    Iam,
    model::{DeleteUserPolicyOutput, op},
    ops::{Answer, Asked},
};

impl Handler<op::DeleteUserPolicy> for Iam {
    async fn handle(&self, asked: Asked<'_, op::DeleteUserPolicy>) -> Answer<op::DeleteUserPolicy> {
        let (permit, name) = (&asked.permits, &asked.input.policy_name);
        self.change(permit, |draft| {
            let mut user = permit.resource().load(draft)?;
            user.inline.remove(name).ok_or_else(|| missing("user", name))?;
            draft.keep(&user)
        })
        .await?;
        Ok(DeleteUserPolicyOutput {}.into())
    }
}
