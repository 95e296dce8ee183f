use kurodo_gateway::Handler;

use super::missing;
use crate::{
    Iam,
    model::{DeleteGroupPolicyOutput, op},
    ops::{Answer, Asked},
};

impl Handler<op::DeleteGroupPolicy> for Iam {
    async fn handle(&self, asked: Asked<'_, op::DeleteGroupPolicy>) -> Answer<op::DeleteGroupPolicy> {
        let (permit, name) = (&asked.permits, &asked.input.policy_name);
        self.change(permit, |draft| {
            let mut group = permit.resource().load(draft)?;
            group.inline.remove(name).ok_or_else(|| missing("group", name))?;
            draft.keep(&group)
        })
        .await?;
        Ok(DeleteGroupPolicyOutput {}.into())
    }
}
