use kurodo_arn::AccountId;
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;
use kurodo_identity::{iam_scope, usage_scope};

use super::home;
use crate::{Error, Iam};

/// The account as a whole, for actions that know no resource.
#[derive(Debug)]
pub struct Account {
    account: AccountId,
    uses: bool,
}

impl Resource for Account {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        if self.uses { usage_scope(self.account) } else { iam_scope(self.account) }
    }
}

/// The account.
pub async fn account(find: &Find<'_, Iam>) -> Result<Account, Error> {
    Ok(Account { account: home(find)?, uses: false })
}

/// The account, for the records of when its keys and roles were last used.
pub async fn usage(find: &Find<'_, Iam>) -> Result<Account, Error> {
    Ok(Account { account: home(find)?, uses: true })
}
