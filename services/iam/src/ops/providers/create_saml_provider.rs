use kurodo_gateway::Handler;
use kurodo_identity::{SamlProvider, keys};

use super::metadata::Metadata;
use crate::{
    Error, Iam,
    error::Duplicate,
    model::{CreateSAMLProviderInput, CreateSAMLProviderOutput, op},
    ops::{Answer, Asked, now},
    quota,
    room::{Draft, Look},
    tags,
};

impl Handler<op::CreateSAMLProvider> for Iam {
    async fn handle(&self, asked: Asked<'_, op::CreateSAMLProvider>) -> Answer<op::CreateSAMLProvider> {
        let (permit, _) = &asked.permits;
        let (input, now) = (&asked.input, now(asked.call));
        let metadata = Metadata::read(&input.saml_metadata_document)?;
        let output = self
            .change(permit, |draft| {
                let provider = create(draft, input, &metadata, now)?;
                let saml_provider_arn = Some(provider.arn(draft.account()));
                Ok(CreateSAMLProviderOutput { saml_provider_arn, tags: tags::some(&provider.tags) })
            })
            .await?;
        Ok(output.into())
    }
}

fn create(
    draft: &Draft<'_>,
    input: &CreateSAMLProviderInput,
    metadata: &Metadata,
    now: i64,
) -> Result<SamlProvider, Error> {
    if draft.record(&keys::saml_providers().exactly(&input.name))?.is_some() {
        return Err(Duplicate::Saml(input.name.clone()).into());
    }
    quota::SAML_PROVIDERS.admits_another(draft.count(&keys::saml_providers())?)?;
    let provider = SamlProvider {
        name: input.name.clone(),
        metadata: input.saml_metadata_document.clone(),
        created: now,
        valid_until: metadata.end(now),
        tags: tags::new(input.tags.as_ref())?,
    };
    draft.keep(&provider)?;
    Ok(provider)
}
