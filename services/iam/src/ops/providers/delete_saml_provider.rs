use kurodo_gateway::Handler;

use crate::{
    Iam,
    model::{DeleteSAMLProviderOutput, op},
    ops::{Answer, Asked},
    resources::Subject,
};

impl Handler<op::DeleteSAMLProvider> for Iam {
    async fn handle(&self, asked: Asked<'_, op::DeleteSAMLProvider>) -> Answer<op::DeleteSAMLProvider> {
        let permit = &asked.permits;
        self.change(permit, |draft| {
            draft.delete(&permit.resource().load(draft)?.key());
            Ok(())
        })
        .await?;
        Ok(DeleteSAMLProviderOutput {}.into())
    }
}
