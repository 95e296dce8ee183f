use kurodo_gateway::{Authorized, Handler, Reply};
use kurodo_identity::id;

use crate::{
    Error, Sts,
    model::{GetAccessKeyInfoOutput, op},
};

impl Handler<op::GetAccessKeyInfo> for Sts {
    async fn handle(
        &self,
        call: Authorized<'_, Self, op::GetAccessKeyInfo>,
    ) -> Result<Reply<GetAccessKeyInfoOutput>, Error> {
        let id = &call.input.access_key_id;
        let key = id.starts_with("AKIA") || id.starts_with("ASIA");
        // The id alone tells: whether there is such a key is not looked up.
        let account = id::account_of(id).filter(|_| key && id.len() == 20);
        let account = account.ok_or_else(|| Error::validation("The access key id is not valid."))?;
        Ok(GetAccessKeyInfoOutput { account: Some(account.to_string()) }.into())
    }
}
