use kurodo_gateway::{Authorized, Handler, Reply};

use crate::{
    Error, Sts,
    model::{GetCallerIdentityOutput, op},
};

impl Handler<op::GetCallerIdentity> for Sts {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::GetCallerIdentity>,
    ) -> Result<Reply<GetCallerIdentityOutput>, Error> {
        let principal = &call.call.caller.principal;
        let account = principal.account.ok_or(Error::Unsigned)?;
        Ok(GetCallerIdentityOutput {
            user_id: principal.user_id.clone(),
            account: Some(account.to_string()),
            arn: Some(principal.arn.clone()),
        }
        .into())
    }
}
