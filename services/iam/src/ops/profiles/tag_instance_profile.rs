use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{TagInstanceProfileOutput, op},
    ops::{Answer, Asked},
    tags,
};

impl Handler<op::TagInstanceProfile> for Iam {
    async fn handle(&self, asked: Asked<'_, op::TagInstanceProfile>) -> Answer<op::TagInstanceProfile> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let mut profile = permit.resource().load(draft)?;
            tags::add(&mut profile.tags, &asked.input.tags)?;
            draft.keep(&profile)
        })
        .await?;
        Ok(TagInstanceProfileOutput {}.into())
    }
}
