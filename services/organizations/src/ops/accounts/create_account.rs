use kurodo_gateway::Handler;
use kurodo_identity::{ACCESS_ROLE, AccountOrder};

use crate::{
    Organizations,
    model::{CreateAccountOutput, op},
    ops::{Answer, Asked, now},
    tags, view,
};

/// AWS takes minutes and answers that it has begun; here the account exists when the answer says so.
impl Handler<op::CreateAccount> for Organizations {
    async fn handle(&self, asked: Asked<'_, op::CreateAccount>) -> Answer<op::CreateAccount> {
        let (permit, _) = &asked.permits;
        let input = &asked.input;
        let order = AccountOrder {
            name: input.account_name.expose(),
            email: input.email.expose(),
            role: input.role_name.as_deref().unwrap_or(ACCESS_ROLE),
            tags: tags::new(input.tags.as_ref())?,
            now: now(asked.call),
        };
        let request = self.founder.create(permit, &order).await?;
        Ok(CreateAccountOutput { create_account_status: Some(view::request(&request)) }.into())
    }
}
