use kurodo_gateway::Handler;
use kurodo_identity::keys;

use crate::{
    Iam,
    error::Missing,
    model::{DeleteAccountPasswordPolicyOutput, op},
    ops::{Answer, Asked},
    room::Look,
};

impl Handler<op::DeleteAccountPasswordPolicy> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::DeleteAccountPasswordPolicy>,
    ) -> Answer<op::DeleteAccountPasswordPolicy> {
        self.change(&asked.permits, |draft| {
            let key = keys::password_policy();
            draft.record(&key)?.ok_or_else(|| Missing::PasswordPolicy(draft.account()))?;
            draft.delete(&key);
            Ok(())
        })
        .await?;
        Ok(DeleteAccountPasswordPolicyOutput {}.into())
    }
}
