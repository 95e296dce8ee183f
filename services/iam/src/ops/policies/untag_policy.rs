use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{UntagPolicyOutput, op},
    ops::{Answer, Asked},
    tags,
};

impl Handler<op::UntagPolicy> for Iam {
    async fn handle(&self, asked: Asked<'_, op::UntagPolicy>) -> Answer<op::UntagPolicy> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let mut policy = permit.resource().load(draft)?;
            tags::remove(&mut policy.tags, &asked.input.tag_keys);
            draft.keep(&policy)
        })
        .await?;
        Ok(UntagPolicyOutput {}.into())
    }
}
