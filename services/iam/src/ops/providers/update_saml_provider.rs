use kurodo_gateway::Handler;

use super::metadata::Metadata;
use crate::{
    Iam,
    model::{UpdateSAMLProviderOutput, op},
    ops::{Answer, Asked, now},
};

impl Handler<op::UpdateSAMLProvider> for Iam {
    async fn handle(&self, asked: Asked<'_, op::UpdateSAMLProvider>) -> Answer<op::UpdateSAMLProvider> {
        let (permit, now) = (&asked.permits, now(asked.call));
        let document = asked.input.saml_metadata_document;
        let metadata = document.as_deref().map(Metadata::read).transpose()?;
        let arn = self
            .change(permit, |draft| {
                let mut provider = permit.resource().load(draft)?;
                if let (Some(document), Some(metadata)) = (&document, &metadata) {
                    provider.metadata.clone_from(document);
                    provider.valid_until = metadata.end(now);
                }
                draft.keep(&provider)?;
                Ok(provider.arn(permit.resource().account))
            })
            .await?;
        Ok(UpdateSAMLProviderOutput { saml_provider_arn: Some(arn) }.into())
    }
}
