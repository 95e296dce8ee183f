use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{AddClientIDToOpenIDConnectProviderOutput, op},
    ops::{Answer, Asked},
    quota,
};

impl Handler<op::AddClientIDToOpenIDConnectProvider> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::AddClientIDToOpenIDConnectProvider>,
    ) -> Answer<op::AddClientIDToOpenIDConnectProvider> {
        let (permit, client) = (&asked.permits, &asked.input.client_id);
        self.change(permit, |draft| {
            let mut provider = permit.resource().load(draft)?;
            if !provider.client_ids.contains(client) {
                quota::CLIENT_IDS.admits_another(provider.client_ids.len())?;
                provider.client_ids.push(client.clone());
            }
            draft.keep(&provider)
        })
        .await?;
        Ok(AddClientIDToOpenIDConnectProviderOutput {}.into())
    }
}
