use kurodo_gateway::Handler;
use kurodo_identity::keys;

use crate::{
    Iam,
    model::{ListOpenIDConnectProvidersOutput, OpenIDConnectProviderListEntry, op},
    ops::{Answer, Asked},
    room::{Look, Room},
};

impl Handler<op::ListOpenIDConnectProviders> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::ListOpenIDConnectProviders>,
    ) -> Answer<op::ListOpenIDConnectProviders> {
        let room = Room::open(&self.store, &asked.permits);
        let providers = room.all(&keys::oidc_providers())?;
        let arns = providers.iter().map(|provider| Some(provider.arn(room.account())));
        let entries = arns.map(|arn| OpenIDConnectProviderListEntry { arn }).collect();
        Ok(ListOpenIDConnectProvidersOutput { open_id_connect_provider_list: Some(entries) }.into())
    }
}
