use kurodo_gateway::Failure;
use kurodo_store::StoreError;

/// Why an operation of S3 Control fails.
///
/// Source: S3 API Reference, "Error responses", "S3 Control error codes".
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The account has no public access block.
    #[error("The public access block configuration was not found")]
    NoSuchPublicAccessBlock(String),
    /// The header field that names the account names none.
    #[error("The account id in the request is not one")]
    InvalidAccount,
    /// Another request changed the same thing meanwhile.
    #[error(
        "A conflicting conditional operation is currently in progress against this resource. Please try again."
    )]
    OperationAborted,
    /// The disk is full.
    #[error("The disk is full; nothing was stored. Free some space, then repeat the request.")]
    Full,
    /// The records could not be read or written.
    #[error(transparent)]
    Store(StoreError),
    /// A stored record is not what was written.
    #[error("the account's public access block cannot be read: run `kurodo check`")]
    Damaged,
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::Full,
            StoreError::Conflict(_) => Self::OperationAborted,
            other => Self::Store(other),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (code, status) = match &error {
            Error::NoSuchPublicAccessBlock(_) => ("NoSuchPublicAccessBlockConfiguration", 404),
            Error::InvalidAccount => ("InvalidRequest", 400),
            Error::OperationAborted => ("OperationAborted", 409),
            Error::Full => ("ServiceUnavailable", 503),
            Error::Store(_) | Error::Damaged => return Self::internal(&error),
        };
        let failure = Self::new(code, status, error.to_string());
        match error {
            Error::NoSuchPublicAccessBlock(account) => failure.with("AccountId", account),
            _ => failure,
        }
    }
}
