use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{UntagSAMLProviderOutput, op},
    ops::{Answer, Asked},
    tags,
};

impl Handler<op::UntagSAMLProvider> for Iam {
    async fn handle(&self, asked: Asked<'_, op::UntagSAMLProvider>) -> Answer<op::UntagSAMLProvider> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let mut provider = permit.resource().load(draft)?;
            tags::remove(&mut provider.tags, &asked.input.tag_keys);
            draft.keep(&provider)
        })
        .await?;
        Ok(UntagSAMLProviderOutput {}.into())
    }
}
