use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{UntagOpenIDConnectProviderOutput, op},
    ops::{Answer, Asked},
    tags,
};

impl Handler<op::UntagOpenIDConnectProvider> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::UntagOpenIDConnectProvider>,
    ) -> Answer<op::UntagOpenIDConnectProvider> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let mut provider = permit.resource().load(draft)?;
            tags::remove(&mut provider.tags, &asked.input.tag_keys);
            draft.keep(&provider)
        })
        .await?;
        Ok(UntagOpenIDConnectProviderOutput {}.into())
    }
}
