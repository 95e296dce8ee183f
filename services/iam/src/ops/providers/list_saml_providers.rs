use kurodo_gateway::Handler;
use kurodo_identity::keys;

use crate::{
    Iam,
    model::{ListSAMLProvidersOutput, SAMLProviderListEntry, op},
    ops::{Answer, Asked},
    room::{Look, Room},
    view,
};

impl Handler<op::ListSAMLProviders> for Iam {
    async fn handle(&self, asked: Asked<'_, op::ListSAMLProviders>) -> Answer<op::ListSAMLProviders> {
        let room = Room::open(&self.store, &asked.permits);
        let providers = room.all(&keys::saml_providers())?;
        let entries = providers.iter().map(|provider| SAMLProviderListEntry {
            arn: Some(provider.arn(room.account())),
            valid_until: Some(view::time(provider.valid_until)),
            create_date: Some(view::time(provider.created)),
        });
        Ok(ListSAMLProvidersOutput { saml_provider_list: Some(entries.collect()) }.into())
    }
}
