use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{TagPolicyOutput, op},
    ops::{Answer, Asked},
    tags,
};

impl Handler<op::TagPolicy> for Iam {
    async fn handle(&self, asked: Asked<'_, op::TagPolicy>) -> Answer<op::TagPolicy> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let mut policy = permit.resource().load(draft)?;
            tags::add(&mut policy.tags, &asked.input.tags)?;
            draft.keep(&policy)
        })
        .await?;
        Ok(TagPolicyOutput {}.into())
    }
}
