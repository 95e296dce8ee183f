use kurodo_policy::PolicyError;
use kurodo_store::StoreError;

use crate::CredentialError;

/// Why a caller could not be put together.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    /// The access key, the user or the role does not exist, or may not be used.
    #[error("the principal does not exist")]
    Gone,
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A policy is attached that does not exist. What it denied is not known, so nothing is allowed.
    #[error("the policy {0} is attached and does not exist: detach it, or create it again")]
    Missing(String),
    /// A stored policy cannot be compiled. What it denies is not known, so nothing is allowed.
    #[error("the stored policy {name} cannot be read: {error}")]
    Policy {
        /// Its ARN, or where it is embedded.
        name: String,
        /// Why.
        error: PolicyError,
    },
}

impl From<LoadError> for CredentialError {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Gone => Self::Unknown,
            other => {
                tracing::error!(error = %other, "a caller cannot be looked up");
                Self::Unavailable
            }
        }
    }
}
