use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{DeleteOpenIDConnectProviderOutput, op},
    ops::{Answer, Asked},
    resources::Subject,
};

impl Handler<op::DeleteOpenIDConnectProvider> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::DeleteOpenIDConnectProvider>,
    ) -> Answer<op::DeleteOpenIDConnectProvider> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            draft.delete(&permit.resource().load(draft)?.key());
            Ok(())
        })
        .await?;
        Ok(DeleteOpenIDConnectProviderOutput {}.into())
    }
}
