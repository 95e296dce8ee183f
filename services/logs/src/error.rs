//! What CloudWatch Logs answers when it does not do what it was asked, in AWS's codes and words.
//!
//! Source: CloudWatch Logs API Reference, the errors of each operation; messages as AWS sends them, as far as they are
//! known.

use kurodo_gateway::Failure;
use kurodo_store::StoreError;
use kurodo_wire::Valued as _;

use crate::{
    block::Damaged,
    model::{self, MalformedQueryException, QueryCompileError, QueryCompileErrorLocation},
    scan::Fault,
};

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A parameter cannot be used as it is.
    #[error("{0}")]
    InvalidParameter(String),
    /// What was asked for cannot be done any more.
    #[error("{0}")]
    InvalidOperation(&'static str),
    /// S3 could not be asked.
    #[error("another service could not be asked: {0}")]
    Relay(String),
    /// A live tail lasted as long as it can.
    #[error("The session has timed out.")]
    SessionTimeout,
    /// A query is none.
    #[error("{0}")]
    MalformedQuery(Fault),
    /// Nobody signed.
    #[error("Request is missing Authentication Token")]
    Unsigned,
    /// There is no such thing.
    #[error("{0}")]
    NotFound(&'static str),
    /// There is one already.
    #[error("{0}")]
    AlreadyExists(&'static str),
    /// A limit of the account.
    #[error("Resource limit exceeded.")]
    LimitExceeded,
    /// Others changed the same thing at the same time.
    #[error("Multiple concurrent requests to update the same resource were in conflict.")]
    Aborted,
    /// The group is protected.
    #[error("The log group is protected from deletion: disable its deletion protection first.")]
    Protected,
    /// The role of a subscription filter cannot be assumed.
    #[error("Make sure you have given CloudWatch Logs permission to assume the provided role.")]
    NotAssumable,
    /// CloudWatch Logs may not use a key of KMS.
    #[error("{0}")]
    KeyDenied(String),
    /// More tags than a group can have. Holds its ARN.
    #[error("This resource has exceeded the allowed number of tags: at most 50.")]
    TooManyTags(String),
    /// What Kurodo does not do.
    #[error("{operation} does not implement {member} in Kurodo.")]
    NotImplemented {
        /// The operation.
        operation: &'static str,
        /// The member and, where that matters, its value.
        member: &'static str,
    },
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored block cannot be read.
    #[error(transparent)]
    Block(#[from] Damaged),
    /// A stored definition cannot be read.
    #[error("the definition of {0} cannot be read; run `kurodo check`")]
    DamagedDefinition(String),
    /// There were no random bytes.
    #[error("the system's random generator failed")]
    Random,
}

/// There is no such group.
pub(crate) const NO_GROUP: Error = Error::NotFound("The specified log group does not exist.");
/// There is no such stream.
pub(crate) const NO_STREAM: Error = Error::NotFound("The specified log stream does not exist.");

impl Error {
    /// A parameter that cannot be used as it is.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::InvalidParameter(message.into())
    }

    /// AWS's code; `None` for what is not the caller's doing.
    fn code(&self) -> Option<&'static str> {
        Some(match self {
            Self::InvalidParameter(_) => "InvalidParameterException",
            Self::InvalidOperation(_) => "InvalidOperationException",
            Self::SessionTimeout => "SessionTimeoutException",
            Self::MalformedQuery(_) => "MalformedQueryException",
            Self::KeyDenied(_) => "AccessDeniedException",
            Self::Unsigned => "MissingAuthenticationTokenException",
            Self::NotFound(_) => "ResourceNotFoundException",
            Self::AlreadyExists(_) => "ResourceAlreadyExistsException",
            Self::LimitExceeded => "LimitExceededException",
            Self::Aborted => "OperationAbortedException",
            Self::Protected | Self::NotAssumable => "ValidationException",
            Self::TooManyTags(_) => "TooManyTagsException",
            Self::NotImplemented { .. } => "NotImplemented",
            Self::Store(_) | Self::Block(_) | Self::DamagedDefinition(_) | Self::Relay(_) | Self::Random => {
                return None;
            }
        })
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let Some(code) = error.code() else { return Self::internal(&error) };
        let status = if matches!(error, Error::NotImplemented { .. }) { 501 } else { 400 };
        let mut failure = Self::new(code, status, error.to_string());
        if let (Some(schema), Error::MalformedQuery(fault)) = (model::SERVICE.error(code), &error) {
            failure.modeled = Some((schema, compile_error(fault).into_value()));
        }
        failure
    }
}

/// Where a query is wrong.
fn compile_error(fault: &Fault) -> MalformedQueryException {
    let at = i32::try_from(fault.at).ok();
    let location = QueryCompileErrorLocation { start_char_offset: at, end_char_offset: at };
    let error = QueryCompileError { location: Some(location), message: Some(fault.what.clone()) };
    MalformedQueryException { query_compile_error: Some(error) }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::InvalidParameter(format!("Invalid filter pattern: {fault}"))
    }
}

/// The same, where a conflict means that another request was faster.
pub(crate) fn changed<T>(done: Result<T, StoreError>) -> Result<T, Error> {
    done.map_err(|error| if error.conflict().is_some() { Error::Aborted } else { error.into() })
}
