use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{UntagRoleOutput, op},
    ops::{Answer, Asked},
    tags,
};

impl Handler<op::UntagRole> for Iam {
    async fn handle(&self, asked: Asked<'_, op::UntagRole>) -> Answer<op::UntagRole> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let mut role = permit.resource().load(draft)?;
            tags::remove(&mut role.tags, &asked.input.tag_keys);
            draft.keep(&role)
        })
        .await?;
        Ok(UntagRoleOutput {}.into())
    }
}
