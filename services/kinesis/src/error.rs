//! What Kinesis answers when it does not do what it was asked, in AWS's codes and words.
//!
//! Source: Kinesis API Reference, the errors of each operation.

use kurodo_arn::AccountId;
use kurodo_envelope::EnvelopeError;
use kurodo_gateway::Failure;
use kurodo_store::StoreError;

use crate::{entry::Damaged, names::StreamName, shard::ShardId};

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A parameter cannot be used as it is.
    #[error("{0}")]
    InvalidArgument(String),
    /// A parameter breaks a rule of the API facts, or of the stream's mode.
    #[error("{0}")]
    Validation(String),
    /// Nobody signed.
    #[error("Missing Authentication Token")]
    Unsigned,
    /// There is no such stream, shard or consumer.
    #[error("{0}")]
    NotFound(String),
    /// Something is in a state in which this cannot be done.
    #[error("{0}")]
    InUse(String),
    /// A limit of the account.
    #[error("{0}")]
    LimitExceeded(String),
    /// More than a shard takes or gives.
    #[error("{0}")]
    ThroughputExceeded(String),
    /// A shard iterator that was given out too long ago.
    #[error("{0}")]
    ExpiredIterator(String),
    /// A token that was given out too long ago.
    #[error("{0}")]
    ExpiredNextToken(String),
    /// KMS refuses the key that a stream's records are sealed under.
    #[error("{message}")]
    Kms {
        /// Kinesis's code for it.
        code: &'static str,
        /// What KMS says.
        message: String,
    },
    /// KMS did not answer as it should.
    #[error("{0}")]
    Envelope(String),
    /// A sequence number of a form that AWS no longer knows.
    #[error("a sequence number of another time")]
    OldSequence,
    /// The stream's definition was changed while the request was on its way.
    #[error("the stream was changed meanwhile; try again")]
    Changed,
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored record cannot be read.
    #[error(transparent)]
    Record(#[from] Damaged),
    /// A stored definition cannot be read.
    #[error("the definition of stream {0} cannot be read; run `kurodo check`")]
    Damaged(String),
    /// There were no random bytes.
    #[error("the system's random generator failed")]
    Random,
}

impl Error {
    /// A parameter that cannot be used as it is.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::InvalidArgument(message.into())
    }

    /// KMS refuses a key.
    pub(crate) fn kms(code: &'static str, message: String) -> Self {
        Self::Kms { code, message }
    }

    /// There is no such stream.
    pub(crate) fn no_stream(stream: &StreamName) -> Self {
        let StreamName { account, name, .. } = stream;
        Self::NotFound(format!("Stream {name} under account {account} not found."))
    }

    /// There is no such shard, to those who read.
    pub(crate) fn no_shard(shard: ShardId, stream: &StreamName) -> Self {
        let StreamName { account, name, .. } = stream;
        Self::NotFound(format!("Shard {shard} in stream {name} under account {account} does not exist"))
    }

    /// There is no such shard, to those who divide and join them, or the text is none.
    pub(crate) fn lost_shard(shard: impl std::fmt::Display, stream: &StreamName) -> Self {
        let StreamName { account, name, .. } = stream;
        Self::NotFound(format!("Could not find shard {shard} in stream {name} under account {account}."))
    }

    /// More shards than an account has.
    pub(crate) fn too_many_shards(stream: &StreamName, present: u32, limit: u32, more: u32) -> Self {
        let StreamName { account, region, .. } = stream;
        Self::LimitExceeded(format!(
            "This request would exceed the shard limit for the account {account} in {region}. Current shard count for \
             the account: {present}. Limit: {limit}. Number of additional shards that would have resulted from this \
             request: {more}. Refer to the AWS Service Limits page \
             (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to \
             request higher limits."
        ))
    }

    /// More than a shard takes or gives.
    pub(crate) fn throttled(shard: ShardId, stream: &str, account: AccountId) -> Self {
        Self::ThroughputExceeded(format!(
            "Rate exceeded for shard {shard} in stream {stream} under account {account}."
        ))
    }

    /// AWS's code; `None` for what is not the caller's doing.
    fn code(&self) -> Option<&'static str> {
        Some(match self {
            Self::InvalidArgument(_) => "InvalidArgumentException",
            Self::Validation(_) => "ValidationException",
            Self::Unsigned => "MissingAuthenticationTokenException",
            Self::NotFound(_) => "ResourceNotFoundException",
            Self::InUse(_) => "ResourceInUseException",
            Self::LimitExceeded(_) => "LimitExceededException",
            Self::ThroughputExceeded(_) => "ProvisionedThroughputExceededException",
            Self::ExpiredIterator(_) => "ExpiredIteratorException",
            Self::ExpiredNextToken(_) => "ExpiredNextTokenException",
            Self::Kms { code, .. } => code,
            Self::Envelope(_)
            | Self::OldSequence
            | Self::Changed
            | Self::Store(_)
            | Self::Record(_)
            | Self::Damaged(_)
            | Self::Random => return None,
        })
    }
}

/// What Kinesis says of KMS's refusals, in KMS's words.
///
/// Source: Kinesis API Reference, the errors of PutRecord, `KMSAccessDeniedException` and its like.
impl From<EnvelopeError> for Error {
    fn from(error: EnvelopeError) -> Self {
        let (code, message) = match error {
            EnvelopeError::Denied(message) => return Self::kms("KMSAccessDeniedException", message),
            EnvelopeError::Refused { code, message } => (code, message),
            EnvelopeError::Unavailable(why) => return Self::Envelope(why),
            EnvelopeError::Damaged => return Damaged.into(),
        };
        match code.as_str() {
            "NotFoundException" => Self::kms("KMSNotFoundException", message),
            // The context is the stream's own, so that only the key can be missing.
            "InvalidCiphertextException" => Self::kms(
                "KMSNotFoundException",
                "The key that encrypted the records was deleted.".to_owned(),
            ),
            "DisabledException" => Self::kms("KMSDisabledException", message),
            "KMSInvalidStateException" | "InvalidKeyUsageException" => {
                Self::kms("KMSInvalidStateException", message)
            }
            "LimitExceededException" | "ThrottlingException" => Self::kms("KMSThrottlingException", message),
            "InvalidArnException" | "ValidationException" => Self::InvalidArgument(message),
            code => Self::Envelope(format!("KMS answers {code}: {message}")),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error.code() {
            Some(code) => Self::new(code, 400, error.to_string()),
            // Nothing was done yet: the gateway decides anew.
            None if matches!(error, Error::Changed) => Self::new("InternalFailure", 500, "").overtaken(),
            // Nothing is wrong here.
            None if matches!(error, Error::OldSequence) => Self::new("InternalFailure", 500, ""),
            None => Self::internal(&error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_of_kms_have_names_of_their_own() {
        let told = |error: EnvelopeError| Failure::from(Error::from(error)).code.into_owned();
        let refused = |code: &str| told(EnvelopeError::Refused { code: code.into(), message: "m".into() });
        assert_eq!(told(EnvelopeError::Denied("m".into())), "KMSAccessDeniedException");
        for (code, name) in [
            ("NotFoundException", "KMSNotFoundException"),
            ("InvalidCiphertextException", "KMSNotFoundException"),
            ("DisabledException", "KMSDisabledException"),
            ("KMSInvalidStateException", "KMSInvalidStateException"),
            ("InvalidKeyUsageException", "KMSInvalidStateException"),
            ("ThrottlingException", "KMSThrottlingException"),
            ("InvalidArnException", "InvalidArgumentException"),
            ("SomethingElse", "InternalError"),
        ] {
            assert_eq!(refused(code), name, "{code}");
        }
        assert_eq!(told(EnvelopeError::Damaged), "InternalError");
        assert_eq!(told(EnvelopeError::Unavailable("m".into())), "InternalError");
    }
}
