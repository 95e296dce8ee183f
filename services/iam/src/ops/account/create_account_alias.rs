use kurodo_gateway::Handler;
use kurodo_identity::keys;

use crate::{
    Error, Iam,
    error::Duplicate,
    model::{CreateAccountAliasOutput, op},
    ops::{Answer, Asked},
    room::Look,
};

/// A new alias takes the place of the old one.
impl Handler<op::CreateAccountAlias> for Iam {
    async fn handle(&self, asked: Asked<'_, op::CreateAccountAlias>) -> Answer<op::CreateAccountAlias> {
        let (permit, alias) = (&asked.permits, &asked.input.account_alias);
        self.change(permit, |draft| {
            let mut account = draft.record(&keys::account())?.ok_or(Error::Inconsistent("no account"))?;
            if account.alias.as_ref() == Some(alias) {
                return Err(Duplicate::Alias(alias.clone()).into());
            }
            account.alias = Some(alias.clone());
            draft.put(&keys::account(), &account)
        })
        .await?;
        Ok(CreateAccountAliasOutput {}.into())
    }
}
