use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{UntagInstanceProfileOutput, op},
    ops::{Answer, Asked},
    tags,
};

impl Handler<op::UntagInstanceProfile> for Iam {
    async fn handle(&self, asked: Asked<'_, op::UntagInstanceProfile>) -> Answer<op::UntagInstanceProfile> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let mut profile = permit.resource().load(draft)?;
            tags::remove(&mut profile.tags, &asked.input.tag_keys);
            draft.keep(&profile)
        })
        .await?;
        Ok(UntagInstanceProfileOutput {}.into())
    }
}
