use kurodo_gateway::Handler;

use super::create_oidc_provider::check_thumbprints;
use crate::{
    Iam,
    model::{UpdateOpenIDConnectProviderThumbprintOutput, op},
    ops::{Answer, Asked},
};

impl Handler<op::UpdateOpenIDConnectProviderThumbprint> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::UpdateOpenIDConnectProviderThumbprint>,
    ) -> Answer<op::UpdateOpenIDConnectProviderThumbprint> {
        let (permit, thumbprints) = (&asked.permits, &asked.input.thumbprint_list);
        check_thumbprints(thumbprints)?;
        self.change(permit, |draft| {
            let mut provider = permit.resource().load(draft)?;
            provider.thumbprints.clone_from(thumbprints);
            draft.keep(&provider)
        })
        .await?;
        Ok(UpdateOpenIDConnectProviderThumbprintOutput {}.into())
    }
}
