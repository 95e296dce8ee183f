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
    /// An access point cannot be called so.
    #[error("The specified access point name or account is not valid.")]
    InvalidAccessPoint,
    /// There is no such access point.
    #[error("The specified accesspoint does not exist")]
    NoSuchAccessPoint,
    /// The access point has no policy.
    #[error("The specified accesspoint does not have an accesspoint policy")]
    NoSuchAccessPointPolicy,
    /// There is one of the name already, maybe in another region.
    #[error("An access point with an identical name already exists in your account")]
    AlreadyOwned,
    /// A bucket is called like the access point's host name.
    #[error("A bucket is called {0}, as the access point would be in host names; choose another name")]
    NameOfBucket(String),
    /// There is no such bucket.
    #[error("The specified bucket does not exist")]
    NoSuchBucket(String),
    /// The bucket is in another region than the request.
    #[error("Access points are made in the region of their bucket")]
    OtherRegion,
    /// The bucket is another account's than the request says.
    #[error("Access Denied")]
    Denied,
    /// A policy is none, or none for this access point.
    #[error("{0}")]
    MalformedPolicy(String),
    /// Only so many of them.
    #[error("You have attempted to create more access points than allowed")]
    TooMany,
    /// A token that we did not give out.
    #[error("The continuation token provided is incorrect")]
    InvalidToken,
    /// There were no random bytes.
    #[error("the system's random generator failed")]
    Random,
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
    #[error("what the account decides for its buckets cannot be read: run `kurodo check`")]
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
            Error::InvalidAccessPoint => ("InvalidAccessPoint", 400),
            Error::NoSuchAccessPoint => ("NoSuchAccessPoint", 404),
            Error::NoSuchAccessPointPolicy => ("NoSuchAccessPointPolicy", 404),
            Error::AlreadyOwned => ("AccessPointAlreadyOwnedByYou", 409),
            Error::NameOfBucket(_) | Error::OtherRegion => ("InvalidRequest", 400),
            Error::NoSuchBucket(_) => ("NoSuchBucket", 404),
            Error::Denied => ("AccessDenied", 403),
            Error::MalformedPolicy(_) => ("MalformedPolicy", 400),
            Error::TooMany => ("TooManyAccessPoints", 400),
            Error::InvalidToken => ("InvalidArgument", 400),
            Error::OperationAborted => ("OperationAborted", 409),
            Error::Full => ("ServiceUnavailable", 503),
            Error::Store(_) | Error::Damaged | Error::Random => return Self::internal(&error),
        };
        let failure = Self::new(code, status, error.to_string());
        match error {
            Error::NoSuchPublicAccessBlock(account) => failure.with("AccountId", account),
            _ => failure,
        }
    }
}
