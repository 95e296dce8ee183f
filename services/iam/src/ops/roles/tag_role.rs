use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{TagRoleOutput, op},
    ops::{Answer, Asked},
    tags,
};

impl Handler<op::TagRole> for Iam {
    async fn handle(&self, asked: Asked<'_, op::TagRole>) -> Answer<op::TagRole> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let mut role = permit.resource().load(draft)?;
            tags::add(&mut role.tags, &asked.input.tags)?;
            draft.keep(&role)
        })
        .await?;
        Ok(TagRoleOutput {}.into())
    }
}
