use std::sync::Arc;

use kurodo_arn::{AccountId, Region};
use kurodo_authz::{Caller, Guardrails};

use crate::Secret;

/// A credential that exists and is active: its secret, and whose it is.
#[derive(Debug)]
pub struct Credential {
    /// The secret access key.
    pub secret: Secret,
    /// Whose it is.
    pub caller: Arc<Caller>,
    /// For temporary credentials, when they end, in seconds since 1970.
    pub expires: Option<i64>,
    /// Whether the account accepts Signature Version 2.
    pub signature_v2: bool,
}

/// Why an access key does not lead to a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// No such access key, or an inactive one; or its user or role is gone.
    #[error("the access key does not exist or is inactive")]
    Unknown,
    /// The session token is missing, damaged, or of another key.
    #[error("the session token does not belong to the access key")]
    Token,
    /// The temporary credential has ended.
    #[error("the security token has expired")]
    Expired,
    /// The store could not be read.
    #[error("the directory cannot be read")]
    Unavailable,
}

/// Who exists: finds the caller behind an access key, and the guardrails of accounts.
pub trait Directory: Guardrails {
    /// The credential with this access key and session token.
    ///
    /// # Errors
    /// [`CredentialError`]; expiry is decided against `now`, in seconds since 1970.
    fn credential(
        &self,
        access_key_id: &str,
        token: Option<&str>,
        now: i64,
    ) -> Result<Arc<Credential>, CredentialError>;

    /// Every account of the organisation.
    ///
    /// # Errors
    /// [`CredentialError::Unavailable`].
    fn accounts(&self) -> Result<Vec<AccountId>, CredentialError>;

    /// Notes that the key was used, for `GetAccessKeyLastUsed`. Cheap; written in the background.
    fn used(&self, access_key_id: &str, service: &'static str, region: &Region, now: i64);
}
