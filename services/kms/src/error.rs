//! What KMS answers when it does not do what it was asked, in AWS's codes and words.
//!
//! Source: KMS API Reference, the errors of each operation.

use kurodo_gateway::Failure;
use kurodo_keys::KeyError;
use kurodo_store::StoreError;

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such key, alias or grant.
    #[error("{0}")]
    NotFound(String),
    /// A text that is no ARN of KMS's.
    #[error("{0}")]
    InvalidArn(String),
    /// A parameter cannot be used as it is.
    #[error("{0}")]
    Validation(String),
    /// Nobody signed.
    #[error("Missing Authentication Token")]
    Unsigned,
    /// The key is off.
    #[error("{0} is disabled.")]
    Disabled(String),
    /// The key is in a state in which this cannot be done.
    #[error("{0}")]
    InvalidState(String),
    /// The key is for something else.
    #[error("{0}")]
    InvalidKeyUsage(String),
    /// What is to be decrypted was not encrypted so, or under another encryption context.
    #[error("")]
    InvalidCiphertext,
    /// What is to be decrypted was encrypted under another key.
    #[error("The key ID in the request does not identify a CMK that can perform this operation.")]
    IncorrectKey,
    /// A message authentication code of something else.
    #[error("")]
    InvalidMac,
    /// The policy is none that a key can have.
    #[error("{0}")]
    MalformedPolicy(String),
    /// An alias of the name is there.
    #[error("{0}")]
    AlreadyExists(String),
    /// No name for an alias.
    #[error("{0}")]
    InvalidAliasName(String),
    /// A token that no grant has.
    #[error("The grant token is invalid.")]
    InvalidGrantToken,
    /// Where a list goes on is told by no token of ours.
    #[error("The marker is invalid.")]
    InvalidMarker,
    /// A tag that cannot be.
    #[error("{0}")]
    Tag(String),
    /// More than a key or an account has.
    #[error("{0}")]
    LimitExceeded(String),
    /// What cannot be done with this key, or not here.
    #[error("{0}")]
    Unsupported(String),
    /// All is well, and nothing was to be done.
    #[error("The request would have succeeded, but the DryRun option is set.")]
    DryRun,
    /// The key was changed while the request was on its way.
    #[error("the key was changed meanwhile; try again")]
    Changed,
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key hierarchy did not do it.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// A stored record cannot be read.
    #[error("a record of a key cannot be read; run `kurodo check`")]
    Damaged,
    /// There were no random bytes.
    #[error("the system's random generator failed")]
    Random,
}

impl Error {
    /// AWS's code; `None` for what is not the caller's doing.
    fn code(&self) -> Option<&'static str> {
        Some(match self {
            Self::NotFound(_) => "NotFoundException",
            Self::InvalidArn(_) => "InvalidArnException",
            Self::Validation(_) => "ValidationException",
            Self::Unsigned => "MissingAuthenticationTokenException",
            Self::Disabled(_) => "DisabledException",
            Self::InvalidState(_) => "KMSInvalidStateException",
            Self::InvalidKeyUsage(_) => "InvalidKeyUsageException",
            Self::InvalidCiphertext => "InvalidCiphertextException",
            Self::IncorrectKey => "IncorrectKeyException",
            Self::InvalidMac => "KMSInvalidMacException",
            Self::MalformedPolicy(_) => "MalformedPolicyDocumentException",
            Self::AlreadyExists(_) => "AlreadyExistsException",
            Self::InvalidAliasName(_) => "InvalidAliasNameException",
            Self::InvalidGrantToken => "InvalidGrantTokenException",
            Self::InvalidMarker => "InvalidMarkerException",
            Self::Tag(_) => "TagException",
            Self::LimitExceeded(_) => "LimitExceededException",
            Self::Unsupported(_) => "UnsupportedOperationException",
            Self::DryRun => "DryRunOperationException",
            Self::Changed | Self::Store(_) | Self::Keys(_) | Self::Damaged | Self::Random => return None,
        })
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error.code() {
            Some(code) => Self::new(code, 400, error.to_string()),
            // Nothing was done yet: the gateway decides anew.
            None if matches!(error, Error::Changed) => Self::new("KMSInternalException", 500, "").overtaken(),
            None => Self::internal(&error),
        }
    }
}
