use kurodo_arn::AccountId;
use kurodo_authz::{Resource, Scope};
use kurodo_gateway::Find;

use crate::{Error, S3, layout};

/// The buckets of an account, all together: what `s3:ListAllMyBuckets` is about.
#[derive(Debug, Clone)]
pub struct AllBuckets {
    account: AccountId,
}

impl AllBuckets {
    /// The account whose buckets are meant.
    pub(crate) fn account(&self) -> AccountId {
        self.account
    }
}

impl Resource for AllBuckets {
    fn owner(&self) -> AccountId {
        self.account
    }

    fn scope(&self) -> Scope {
        layout::buckets()
    }
}

/// The buckets of the caller's account.
///
/// # Errors
/// An anonymous caller has no account.
pub async fn all_buckets(find: &Find<'_, S3>) -> Result<AllBuckets, Error> {
    let account = find.account().ok_or(Error::AccessDenied("Access Denied".into()))?;
    Ok(AllBuckets { account })
}
