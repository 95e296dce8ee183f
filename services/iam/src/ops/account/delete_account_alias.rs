use kurodo_gateway::Handler;
use kurodo_identity::keys;

use crate::{
    Error, Iam,
    error::Missing,
    model::{DeleteAccountAliasOutput, op},
    ops::{Answer, Asked},
    room::Look,
};

impl Handler<op::DeleteAccountAlias> for Iam {
    async fn handle(&self, asked: Asked<'_, op::DeleteAccountAlias>) -> Answer<op::DeleteAccountAlias> {
        let (permit, alias) = (&asked.permits, &asked.input.account_alias);
        self.change(permit, |draft| {
            let mut account = draft.record(&keys::account())?.ok_or(Error::Inconsistent("no account"))?;
            account.alias.take_if(|known| known == alias).ok_or_else(|| Missing::Alias(alias.clone()))?;
            draft.put(&keys::account(), &account)
        })
        .await?;
        Ok(DeleteAccountAliasOutput {}.into())
    }
}
