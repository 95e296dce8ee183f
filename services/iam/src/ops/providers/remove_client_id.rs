use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{RemoveClientIDFromOpenIDConnectProviderOutput, op},
    ops::{Answer, Asked},
};

impl Handler<op::RemoveClientIDFromOpenIDConnectProvider> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::RemoveClientIDFromOpenIDConnectProvider>,
    ) -> Answer<op::RemoveClientIDFromOpenIDConnectProvider> {
        let (permit, client) = (&asked.permits, &asked.input.client_id);
        self.change(permit, |draft| {
            let mut provider = permit.resource().load(draft)?;
            provider.client_ids.retain(|known| known != client);
            draft.keep(&provider)
        })
        .await?;
        Ok(RemoveClientIDFromOpenIDConnectProviderOutput {}.into())
    }
}
