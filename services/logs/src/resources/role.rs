use kurodo_arn::{AccountId, Arn};
use kurodo_authz::{Resource, Scope};

use crate::{Error, layout};

/// A role that is given to CloudWatch Logs to act with. Nothing is stored of it here.
#[derive(Debug)]
pub struct Role {
    pub(crate) account: AccountId,
    /// From `/` to `/`.
    pub(crate) path: String,
    pub(crate) name: String,
}

impl Role {
    /// The role with this ARN, whether or not there is one.
    ///
    /// # Errors
    /// The text is no role's ARN.
    pub(crate) fn called(arn: &str) -> Result<Self, Error> {
        let wrong = || Error::invalid(format!("Invalid roleArn: {arn}"));
        let parsed: Arn = arn.parse().map_err(|_| wrong())?;
        let named = parsed.resource.strip_prefix("role").filter(|named| named.starts_with('/'));
        let named = named.filter(|_| parsed.service == "iam").ok_or_else(wrong)?;
        let at = named.rfind('/').ok_or_else(wrong)?;
        let (path, name) = named.split_at_checked(at + 1).ok_or_else(wrong)?;
        let account = parsed.account.parse().map_err(|_| wrong())?;
        Ok(Self { account, path: path.to_owned(), name: name.to_owned() })
    }
}

impl Resource for Role {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::nothing()
    }
}
