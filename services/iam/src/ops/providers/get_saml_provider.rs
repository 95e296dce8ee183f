use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{GetSAMLProviderOutput, op},
    ops::{Answer, Asked},
    room::Room,
    tags, view,
};

impl Handler<op::GetSAMLProvider> for Iam {
    async fn handle(&self, asked: Asked<'_, op::GetSAMLProvider>) -> Answer<op::GetSAMLProvider> {
        let permit = &asked.permits;
        let provider = permit.resource().load(&Room::open(&self.store, permit))?;
        let output = GetSAMLProviderOutput {
            create_date: Some(view::time(provider.created)),
            valid_until: Some(view::time(provider.valid_until)),
            tags: tags::some(&provider.tags),
            saml_metadata_document: Some(provider.metadata),
            ..GetSAMLProviderOutput::default()
        };
        Ok(output.into())
    }
}
