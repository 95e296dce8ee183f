use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{TagSAMLProviderOutput, op},
    ops::{Answer, Asked},
    tags,
};

impl Handler<op::TagSAMLProvider> for Iam {
    async fn handle(&self, asked: Asked<'_, op::TagSAMLProvider>) -> Answer<op::TagSAMLProvider> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let mut provider = permit.resource().load(draft)?;
            tags::add(&mut provider.tags, &asked.input.tags)?;
            draft.keep(&provider)
        })
        .await?;
        Ok(TagSAMLProviderOutput {}.into())
    }
}
