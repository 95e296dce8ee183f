use kurodo_gateway::Handler;

use crate::{
    Organizations,
    model::{TagResourceOutput, op},
    ops::{Answer, Asked},
    tags,
};

impl Handler<op::TagResource> for Organizations {
    async fn handle(&self, asked: Asked<'_, op::TagResource>) -> Answer<op::TagResource> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let thing = permit.resource().load(draft)?;
            thing.tag(draft, |tags| tags::add(tags, &asked.input.tags))
        })
        .await?;
        Ok(TagResourceOutput {}.into())
    }
}
