use kurodo_arn::AccountId;
use serde::{Deserialize, Serialize};

/// The account that owns an object or bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Owner {
    /// The account's number; none for objects that nobody in particular put.
    account: Option<u64>,
    /// The account's canonical user id.
    pub(crate) canonical_id: String,
}

/// The canonical id of whoever is not signed in.
///
/// Source: S3 User Guide, "Access control list (ACL) overview", "Who is a grantee?".
const ANONYMOUS: &str = "65a011a29cdf8ec533ec3d1ccaae921c";

impl Owner {
    pub(crate) fn new(account: AccountId, canonical_id: String) -> Self {
        Self { account: Some(account.value()), canonical_id }
    }

    /// Whoever is not signed in.
    pub(crate) fn anonymous() -> Self {
        Self { account: None, canonical_id: ANONYMOUS.to_owned() }
    }

    pub(crate) fn account(&self) -> Option<AccountId> {
        self.account.and_then(AccountId::new)
    }
}
