//! What STS answers when it does not do what it was asked, in AWS's codes and words.
//!
//! Source: STS API Reference, the errors of each operation and "Common errors"; the messages are those that
//! AWS sends.

use kurodo_federation::TokenError as Unbelieved;
use kurodo_gateway::Failure;
use kurodo_identity::{
    RandomError,
    session::{TokenError, TooLarge},
};
use kurodo_policy::PolicyError;
use kurodo_store::StoreError;

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The root user asked for a role.
    #[error("Roles may not be assumed by root accounts.")]
    RootAssumesRole,
    /// A temporary credential asked for what only long-term ones get. Holds the operation.
    #[error("Cannot call {0} with session credentials")]
    SessionCredentials(&'static str),
    /// Of serial number and one-time code there is only one.
    #[error("MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.")]
    MfaHalf,
    /// The one-time code is wrong, outdated or used, or the device is not the caller's.
    #[error("MultiFactorAuthentication failed with invalid MFA one time pass code. ")]
    MfaWrong,
    /// A session that has a source identity asked for another one.
    #[error("The calling session has a source identity, which cannot be changed to another one.")]
    SourceIdentityChange,
    /// Nobody signed.
    #[error("Request is missing Authentication Token")]
    Unsigned,
    /// A parameter cannot be used as it is.
    #[error("{0}")]
    Validation(String),
    /// A document is not a policy.
    #[error("{0}")]
    MalformedPolicyDocument(#[from] PolicyError),
    /// The session's policies or tags do not fit into its token.
    #[error(transparent)]
    PackedPolicyTooLarge(#[from] TooLarge),
    /// Not an encoded authorization message, or one of another account.
    #[error("Message is not a valid encoded authorization message")]
    InvalidAuthorizationMessage,
    /// No provider of the role's account is the token's issuer.
    #[error("No OpenIDConnect provider found in your account for {0}")]
    NoProvider(String),
    /// A token of another identity system that is not believed.
    #[error("{0}")]
    InvalidIdentityToken(String),
    /// It is too late for the token: now, and its end, in seconds since 1970.
    #[error("Token expired: current date/time {now} must be before the expiration date/time {end}")]
    ExpiredIdentityToken {
        /// The time.
        now: i64,
        /// The token's end.
        end: i64,
    },
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There were no random bytes.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// The token could not be sealed, or the caller's own not be opened again.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A stored trust policy cannot be read.
    #[error("the trust policy of {role} cannot be read: {error}")]
    TrustPolicy {
        /// The role's ARN.
        role: String,
        /// Why.
        error: PolicyError,
    },
    /// The authorizer let through what it cannot have allowed.
    #[error("a role without a record was assumed")]
    NoRecord,
}

impl Error {
    /// AWS's code and HTTP status; `None` for what is not the caller's doing.
    fn code(&self) -> Option<(&'static str, u16)> {
        Some(match self {
            Self::RootAssumesRole
            | Self::SessionCredentials(_)
            | Self::MfaHalf
            | Self::MfaWrong
            | Self::SourceIdentityChange => ("AccessDenied", 403),
            Self::Unsigned => ("MissingAuthenticationToken", 403),
            Self::Validation(_) => ("ValidationError", 400),
            Self::MalformedPolicyDocument(_) => ("MalformedPolicyDocument", 400),
            Self::PackedPolicyTooLarge(_) => ("PackedPolicyTooLarge", 400),
            Self::InvalidAuthorizationMessage => ("InvalidAuthorizationMessageException", 400),
            Self::NoProvider(_) | Self::InvalidIdentityToken(_) => ("InvalidIdentityToken", 400),
            Self::ExpiredIdentityToken { .. } => ("ExpiredTokenException", 400),
            Self::Token(TokenError::TooLarge) => ("PackedPolicyTooLarge", 400),
            Self::Store(_) | Self::Random(_) | Self::Token(_) | Self::TrustPolicy { .. } | Self::NoRecord => {
                return None;
            }
        })
    }

    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::Validation(message.into())
    }
}

/// In AWS's words, where they are known.
impl From<Unbelieved> for Error {
    fn from(error: Unbelieved) -> Self {
        let said = match &error {
            Unbelieved::Expired { now, end } => return Self::ExpiredIdentityToken { now: *now, end: *end },
            Unbelieved::Malformed | Unbelieved::Algorithm => {
                "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
            }
            Unbelieved::Keys(cause) => {
                tracing::warn!(%cause, "the keys of an identity provider cannot be fetched");
                "Couldn't retrieve verification key from your identity provider,  please reference \
                 AssumeRoleWithWebIdentity documentation for requirements"
            }
            Unbelieved::Audience => "Incorrect token audience",
            Unbelieved::Missing(claim) => {
                return Self::InvalidIdentityToken(format!("Missing a required claim: {claim}"));
            }
            _ => return Self::InvalidIdentityToken(error.to_string()),
        };
        Self::InvalidIdentityToken(said.to_owned())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error.code() {
            Some((code, status)) => Self::new(code, status, error.to_string()),
            None => Self::internal(&error),
        }
    }
}
