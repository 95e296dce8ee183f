use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{GetOpenIDConnectProviderOutput, op},
    ops::{Answer, Asked},
    room::Room,
    tags, view,
};

impl Handler<op::GetOpenIDConnectProvider> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::GetOpenIDConnectProvider>,
    ) -> Answer<op::GetOpenIDConnectProvider> {
        let permit = &asked.permits;
        let provider = permit.resource().load(&Room::open(&self.store, permit))?;
        let output = GetOpenIDConnectProviderOutput {
            create_date: Some(view::time(provider.created)),
            tags: tags::some(&provider.tags),
            url: Some(provider.url),
            client_id_list: Some(provider.client_ids),
            thumbprint_list: Some(provider.thumbprints),
        };
        Ok(output.into())
    }
}
