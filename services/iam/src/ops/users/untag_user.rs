use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{UntagUserOutput, op},
    ops::{Answer, Asked},
    tags,
};

impl Handler<op::UntagUser> for Iam {
    async fn handle(&self, asked: Asked<'_, op::UntagUser>) -> Answer<op::UntagUser> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let mut user = permit.resource().load(draft)?;
            tags::remove(&mut user.tags, &asked.input.tag_keys);
            draft.keep(&user)
        })
        .await?;
        Ok(UntagUserOutput {}.into())
    }
}
