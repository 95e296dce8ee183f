use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{TagUserOutput, op},
    ops::{Answer, Asked},
    tags,
};

impl Handler<op::TagUser> for Iam {
    async fn handle(&self, asked: Asked<'_, op::TagUser>) -> Answer<op::TagUser> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let mut user = permit.resource().load(draft)?;
            tags::add(&mut user.tags, &asked.input.tags)?;
            draft.keep(&user)
        })
        .await?;
        Ok(TagUserOutput {}.into())
    }
}
