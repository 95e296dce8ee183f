use kurodo_gateway::Handler;

use crate::{
    Organizations,
    model::{UntagResourceOutput, op},
    ops::{Answer, Asked},
    tags,
};

impl Handler<op::UntagResource> for Organizations {
    async fn handle(&self, asked: Asked<'_, op::UntagResource>) -> Answer<op::UntagResource> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let thing = permit.resource().load(draft)?;
            thing.tag(draft, |tags| {
                tags::remove(tags, &asked.input.tag_keys);
                Ok(())
            })
        })
        .await?;
        Ok(UntagResourceOutput {}.into())
    }
}
