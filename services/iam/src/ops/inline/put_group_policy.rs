use kurodo_gateway::Handler;

use super::put;
use crate::{
    Iam,
    model::{PutGroupPolicyOutput, op},
    ops::{Answer, Asked},
    quota,
};

impl Handler<op::PutGroupPolicy> for Iam {
    async fn handle(&self, asked: Asked<'_, op::PutGroupPolicy>) -> Answer<op::PutGroupPolicy> {
        let (permit, input) = (&asked.permits, &asked.input);
        self.change(permit, |draft| {
            let mut group = permit.resource().load(draft)?;
            let of = ("group", group.name.as_str(), quota::INLINE_GROUP);
            put(&mut group.inline, &input.policy_name, &input.policy_document, of)?;
            draft.keep(&group)
        })
        .await?;
        Ok(PutGroupPolicyOutput {}.into())
    }
}
