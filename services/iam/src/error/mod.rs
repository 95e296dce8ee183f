//! What IAM answers when it does not do what it was asked, in AWS's codes and words.
//!
//! Sources: IAM API Reference, the errors of each operation and "Common errors"; the messages are those
//! that AWS sends.

mod blocker;
mod duplicate;
mod missing;
mod quota;

pub(crate) use blocker::Blocker;
pub(crate) use duplicate::Duplicate;
pub(crate) use missing::Missing;
pub(crate) use quota::Exceeded;

use kurodo_identity::{BindError, PasswordError, RandomError};
use kurodo_policy::PolicyError;
use kurodo_store::StoreError;

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such thing.
    #[error(transparent)]
    NoSuchEntity(#[from] Missing),
    /// There is one already.
    #[error(transparent)]
    EntityAlreadyExists(#[from] Duplicate),
    /// Something still hangs on it.
    #[error(transparent)]
    DeleteConflict(#[from] Blocker),
    /// As many as there may be, or as large as it may be.
    #[error(transparent)]
    LimitExceeded(#[from] Exceeded),
    /// A document is not a policy.
    #[error("{0}")]
    MalformedPolicyDocument(String),
    /// A parameter cannot be used as it is.
    #[error("{0}")]
    InvalidInput(String),
    /// A parameter is not of the form that it must have.
    #[error("{0}")]
    Validation(String),
    /// The policy can be attached only to a role that AWS's services use.
    #[error("{0}")]
    PolicyNotAttachable(String),
    /// A role that belongs to a service, or a policy that belongs to AWS.
    #[error("{0}")]
    Unmodifiable(String),
    /// The managed policy is one that AWS provides: nobody may change it, whatever policies say.
    #[error("Policy {0} is provided by AWS and cannot be changed.")]
    ProvidedPolicy(String),
    /// The password is not what the account asks for.
    #[error("Password does not conform to the account password policy.")]
    PasswordPolicyViolation,
    /// Only users have passwords to change.
    #[error("Only IAM Users can change their own password")]
    InvalidUserType,
    /// The password that should be replaced is another one, or users may not change theirs.
    #[error("{0}")]
    AccessDenied(&'static str),
    /// The two one-time codes are wrong, outdated or not in a row.
    #[error("Authentication code for device is not valid.")]
    InvalidAuthenticationCode,
    /// No credential report was asked for yet.
    #[error("Unknown")]
    ReportNotPresent,
    /// The credential report is older than four hours.
    #[error("Credential report expired. Generate a new one.")]
    ReportExpired,
    /// Others changed the same things at the same time, too often to get in between.
    #[error(
        "The request was rejected because multiple requests to change this object were submitted simultaneously. Wait a few minutes and submit your request again."
    )]
    ConcurrentModification,
    /// Nobody signed.
    #[error("Request is missing Authentication Token")]
    Unsigned,
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There were no random bytes.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// A stored thing refers to another that is not there.
    #[error("the records of the account do not fit together: {0}; run `kurodo check`")]
    Inconsistent(&'static str),
}

impl Error {
    /// AWS's code and HTTP status; `None` for what is not the caller's doing.
    pub(crate) fn code(&self) -> Option<(&'static str, u16)> {
        Some(match self {
            Self::NoSuchEntity(_) => ("NoSuchEntity", 404),
            Self::EntityAlreadyExists(_) => ("EntityAlreadyExists", 409),
            Self::DeleteConflict(_) => ("DeleteConflict", 409),
            Self::LimitExceeded(_) => ("LimitExceeded", 409),
            Self::MalformedPolicyDocument(_) => ("MalformedPolicyDocument", 400),
            Self::InvalidInput(_) => ("InvalidInput", 400),
            Self::Validation(_) => ("ValidationError", 400),
            Self::PolicyNotAttachable(_) => ("PolicyNotAttachable", 400),
            Self::Unmodifiable(_) => ("UnmodifiableEntity", 400),
            Self::PasswordPolicyViolation => ("PasswordPolicyViolation", 400),
            Self::InvalidUserType => ("InvalidUserType", 400),
            Self::AccessDenied(_) | Self::ProvidedPolicy(_) => ("AccessDenied", 403),
            Self::InvalidAuthenticationCode => ("InvalidAuthenticationCode", 403),
            Self::ReportNotPresent => ("ReportNotPresent", 410),
            Self::ReportExpired => ("ReportExpired", 410),
            Self::ConcurrentModification => ("ConcurrentModification", 409),
            Self::Unsigned => ("MissingAuthenticationToken", 403),
            Self::Store(_) | Self::Random(_) | Self::Inconsistent(_) => return None,
        })
    }

    /// That an ARN is not one, or names another kind of thing.
    pub(crate) fn arn(arn: &str) -> Self {
        Self::InvalidInput(format!("ARN {arn} is not valid."))
    }
}

impl From<PolicyError> for Error {
    fn from(error: PolicyError) -> Self {
        Self::MalformedPolicyDocument(error.to_string())
    }
}

impl From<BindError> for Error {
    fn from(error: BindError) -> Self {
        match error {
            BindError::Store(error) => Self::Store(error),
            BindError::Unknown(_) | BindError::NotJson => Self::MalformedPolicyDocument(error.to_string()),
        }
    }
}

impl From<PasswordError> for Error {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Random(error) => Self::Random(error),
            PasswordError::Refused => Self::PasswordPolicyViolation,
        }
    }
}
