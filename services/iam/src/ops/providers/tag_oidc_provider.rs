use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{TagOpenIDConnectProviderOutput, op},
    ops::{Answer, Asked},
    tags,
};

impl Handler<op::TagOpenIDConnectProvider> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::TagOpenIDConnectProvider>,
    ) -> Answer<op::TagOpenIDConnectProvider> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            let mut provider = permit.resource().load(draft)?;
            tags::add(&mut provider.tags, &asked.input.tags)?;
            draft.keep(&provider)
        })
        .await?;
        Ok(TagOpenIDConnectProviderOutput {}.into())
    }
}
