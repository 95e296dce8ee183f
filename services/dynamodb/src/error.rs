//! What DynamoDB answers when it does not do what it was asked, in AWS's codes and words.
//!
//! Source: DynamoDB API Reference, the errors of each operation, and Developer Guide, "Error handling with DynamoDB".

use kurodo_gateway::Failure;
use kurodo_store::StoreError;
use kurodo_wire::{Value, Valued};

use crate::{
    attribute::{Damaged, Invalid, Item, shown},
    expression::{KeyConditionFault, PlaceholderFault},
    model, partiql,
    plan::Refusal,
};

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A parameter cannot be used as it is.
    #[error("{0}")]
    Validation(String),
    /// A statement does not fit its table.
    #[error("{0}")]
    Statement(String),
    /// Nobody signed.
    #[error("Request is missing Authentication Token")]
    Unsigned,
    /// There is no such table, or what it should have.
    #[error("{0}")]
    ResourceNotFound(String),
    /// A table of this name is there, or something is under way with it.
    #[error("{0}")]
    ResourceInUse(String),
    /// An item that was to be inserted is there already.
    #[error("Duplicate primary key exists in table")]
    DuplicateItem,
    /// A condition did not hold. Holds the item, where it was asked for.
    #[error("The conditional request failed")]
    ConditionalCheckFailed(Option<Item>),
    /// The items that share a partition key, with their copies in local indexes, would take more than 10 GiB.
    #[error("Collection size exceeded.")]
    CollectionTooLarge,
    /// A transaction did not happen: why, for each of its items.
    #[error("{}", cancelled(.0))]
    TransactionCanceled(Vec<Reason>),
    /// A token that was used for another transaction.
    #[error("{0}")]
    IdempotentParameterMismatch(String),
    /// Others kept changing what the request was about.
    #[error("Transaction is ongoing for the item")]
    TransactionConflict,
    /// The table's definition was changed while the request was on its way.
    #[error("The table was changed meanwhile; try again.")]
    TableChanged,
    /// A limit of the account.
    #[error("{0}")]
    LimitExceeded(String),
    /// The resource has no policy, or another revision of it.
    #[error("{0}")]
    PolicyNotFound(String),
    /// There is no such table to be backed up or recovered. Holds its name.
    #[error("Table not found: {0}")]
    TableNotFound(String),
    /// What items were cannot be kept yet. Holds the table's name.
    #[error("Backups are being enabled for the table: {0}. Please retry later")]
    ContinuousBackupsUnavailable(String),
    /// There is a table of the name that a restored one is to have.
    #[error("Table already exists: {0}")]
    TableAlreadyExists(String),
    /// Something is under way with the table.
    #[error("{0}")]
    TableInUse(String),
    /// There is no such backup. Holds its ARN.
    #[error("Backup not found: {0}")]
    BackupNotFound(String),
    /// The backup is being restored.
    #[error("{0}")]
    BackupInUse(String),
    /// A time that the table cannot be recovered to.
    #[error("{0}")]
    InvalidRestoreTime(String),
    /// A time that the table cannot be exported as of.
    #[error("{0}")]
    InvalidExportTime(String),
    /// A token that was used for another export.
    #[error("{0}")]
    ExportConflict(String),
    /// There is no such export. Holds its ARN.
    #[error("Export not found: {0}")]
    ExportNotFound(String),
    /// A token that was used for another import.
    #[error("{0}")]
    ImportConflict(String),
    /// There is no such import. Holds its ARN.
    #[error("Import not found: {0}")]
    ImportNotFound(String),
    /// Recovery to a point in time is not enabled. Holds the table's name.
    #[error("Point in time recovery is not enabled for table '{0}'")]
    PointInTimeRecoveryUnavailable(String),
    /// More was asked for than is provisioned.
    #[error("{0}")]
    ThroughputExceeded(String),
    /// What was asked for is older than what a stream still has.
    #[error("The operation attempted to read past the oldest stream record in a shard")]
    Trimmed,
    /// A shard iterator that was given out too long ago.
    #[error("The shard iterator has expired: iterators can be used for 15 minutes")]
    ExpiredIterator,
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
    /// A stored item cannot be read.
    #[error(transparent)]
    Item(#[from] Damaged),
    /// A stored definition cannot be read.
    #[error(transparent)]
    Table(#[from] DamagedTable),
    /// Another service could not be asked, or did not say why it refused.
    #[error("{0}")]
    Relayed(String),
    /// The key of KMS that protects the table is not to be used by the caller, or by anybody. Says why.
    #[error("{0}")]
    KeyDenied(String),
    /// Nobody opened the table's key. Holds the table's name.
    #[error("table {0} is under a key of KMS that was not opened")]
    Locked(String),
    /// There were no random bytes.
    #[error("the system's random generator failed")]
    Random,
}

/// A stored definition that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the definition of table {0} cannot be read; run `kurodo check`")]
pub struct DamagedTable(pub(crate) String);

/// What became of one item of a transaction that did not happen.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// `None` for items that were not the reason, or a code such as `ConditionalCheckFailed`.
    pub code: &'static str,
    /// In words.
    pub message: Option<String>,
    /// The item, where it was asked for.
    pub item: Option<Item>,
}

impl Reason {
    /// The item was not the reason.
    pub(crate) const NONE: Self = Self { code: "None", message: None, item: None };

    fn value(&self) -> Value {
        let item = self.item.clone().map(shown).into_value();
        Value::structure([
            item,
            Value::String(self.code.to_owned()),
            self.message.clone().map_or(Value::Null, Value::String),
        ])
    }
}

fn cancelled(reasons: &[Reason]) -> String {
    let codes: Vec<_> = reasons.iter().map(|reason| reason.code).collect();
    format!(
        "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
        codes.join(", ")
    )
}

impl Error {
    /// A parameter that cannot be used as it is.
    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::Validation(message.into())
    }

    /// The same with the count before it, as the operations that write one item tell what is wrong with a request by
    /// itself, whatever the table: AWS added it in 2026, to these and to what `Select` asks for.
    pub(crate) fn counted(self) -> Self {
        match self {
            Self::Validation(message) => Self::Validation(format!("1 validation error detected: {message}")),
            other => other,
        }
    }

    /// The same, of this statement of a transaction.
    pub(crate) fn in_statement(self, at: usize) -> Self {
        match self {
            Self::Validation(message) | Self::Statement(message) => {
                Self::Validation(format!("Validation failed in TransactStatements[{at}]: {message}"))
            }
            other => other,
        }
    }

    /// AWS's code; `None` for what is not the caller's doing.
    fn code(&self) -> Option<&'static str> {
        Some(match self {
            Self::Validation(_) | Self::Statement(_) => "ValidationException",
            Self::Unsigned => "MissingAuthenticationTokenException",
            Self::ResourceNotFound(_) => "ResourceNotFoundException",
            Self::ResourceInUse(_) => "ResourceInUseException",
            Self::DuplicateItem => "DuplicateItemException",
            Self::ConditionalCheckFailed(_) => "ConditionalCheckFailedException",
            Self::CollectionTooLarge => "ItemCollectionSizeLimitExceededException",
            Self::TransactionCanceled(_) => "TransactionCanceledException",
            Self::IdempotentParameterMismatch(_) => "IdempotentParameterMismatchException",
            Self::TransactionConflict => "TransactionConflictException",
            Self::TableChanged => "InternalServerError",
            Self::LimitExceeded(_) => "LimitExceededException",
            Self::PolicyNotFound(_) => "PolicyNotFoundException",
            Self::TableNotFound(_) => "TableNotFoundException",
            Self::ContinuousBackupsUnavailable(_) => "ContinuousBackupsUnavailableException",
            Self::TableAlreadyExists(_) => "TableAlreadyExistsException",
            Self::TableInUse(_) => "TableInUseException",
            Self::BackupNotFound(_) => "BackupNotFoundException",
            Self::BackupInUse(_) => "BackupInUseException",
            Self::InvalidRestoreTime(_) => "InvalidRestoreTimeException",
            Self::InvalidExportTime(_) => "InvalidExportTimeException",
            Self::ExportConflict(_) => "ExportConflictException",
            Self::ExportNotFound(_) => "ExportNotFoundException",
            Self::ImportConflict(_) => "ImportConflictException",
            Self::ImportNotFound(_) => "ImportNotFoundException",
            Self::PointInTimeRecoveryUnavailable(_) => "PointInTimeRecoveryUnavailableException",
            Self::ThroughputExceeded(_) => "ProvisionedThroughputExceededException",
            Self::Trimmed => "TrimmedDataAccessException",
            Self::ExpiredIterator => "ExpiredIteratorException",
            Self::KeyDenied(_) => "AccessDeniedException",
            Self::NotImplemented { .. } => "NotImplemented",
            Self::Store(_)
            | Self::Item(_)
            | Self::Table(_)
            | Self::Relayed(_)
            | Self::Locked(_)
            | Self::Random => return None,
        })
    }

    /// The values of the error's own members.
    fn members(&self) -> Option<Value> {
        match self {
            Self::ConditionalCheckFailed(Some(item)) => {
                Some(Value::structure([Value::Null, shown(item.clone()).into_value()]))
            }
            Self::TransactionCanceled(reasons) => {
                let reasons = reasons.iter().map(Reason::value).collect();
                Some(Value::structure([Value::Null, Value::List(reasons)]))
            }
            _ => None,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let Some(code) = error.code() else { return Self::internal(&error) };
        let status = match error {
            Error::NotImplemented { .. } => 501,
            Error::TableChanged => 500,
            _ => 400,
        };
        let mut failure = Self::new(code, status, error.to_string());
        if let (Some(schema), Some(members)) = (model::SERVICE.error(code), error.members()) {
            failure.modeled = Some((schema, members));
        }
        // What was done already, of a batch of puts and deletions, may be done again.
        if matches!(error, Error::TableChanged) { failure.overtaken() } else { failure }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Validation(message) => Self::Validation(message),
            Refusal::Statement(message) => Self::Statement(message),
            Refusal::NoTable => Self::ResourceNotFound("Requested resource not found".to_owned()),
        }
    }
}

impl From<partiql::Fault> for Error {
    fn from(fault: partiql::Fault) -> Self {
        Self::Validation(fault.to_string())
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::Validation(invalid.to_string())
    }
}

impl From<PlaceholderFault> for Error {
    fn from(fault: PlaceholderFault) -> Self {
        Self::Validation(fault.to_string())
    }
}

impl From<KeyConditionFault> for Error {
    fn from(fault: KeyConditionFault) -> Self {
        Self::Validation(fault.to_string())
    }
}

/// What AWS puts before messages about backups, restores, exports and imports.
pub(crate) fn invalid_request(message: impl std::fmt::Display) -> Error {
    Error::Validation(format!("Invalid Request: {message}"))
}

/// What AWS puts before many a message about parameters.
pub(crate) fn invalid_values(message: impl std::fmt::Display) -> Error {
    Error::Validation(format!("One or more parameter values were invalid: {message}"))
}
