use kurodo_arn::{AccountId, Arn};
use kurodo_authz::{Resource, Scope};

use crate::Error;

/// A role that is given to S3 to act with. Nothing is stored of it here.
#[derive(Debug, Clone)]
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
        let wrong = || Error::argument("Role", arn, "Invalid Role ARN");
        let parsed: Arn = arn.parse().map_err(|_| wrong())?;
        let named = parsed.resource.strip_prefix("role").filter(|named| named.starts_with('/'));
        let named = named.filter(|_| parsed.service == "iam").ok_or_else(wrong)?;
        let (path, name) =
            named.rfind('/').and_then(|at| named.split_at_checked(at + 1)).ok_or_else(wrong)?;
        let account = parsed.account.parse().map_err(|_| wrong())?;
        Ok(Self { account, path: path.to_owned(), name: name.to_owned() })
    }
}

impl Resource for Role {
    fn owner(&self) -> AccountId {
        self.account
    }

    /// Nothing of S3's.
    fn scope(&self) -> Scope {
        Scope::new([0].as_slice())
    }
}
