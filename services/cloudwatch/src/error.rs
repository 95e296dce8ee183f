//! What CloudWatch answers when it does not do what it was asked, in AWS's codes and words.
//!
//! Sources: CloudWatch API Reference, the errors of each operation and "Common errors"; the messages are those that AWS
//! sends, as far as they are known.

use kurodo_gateway::Failure;
use kurodo_store::StoreError;
use kurodo_wire::{Value, Valued};

use crate::model::{
    DashboardInvalidInputError, DashboardValidationMessage, ResourceNotFoundException, SERVICE,
};

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A parameter cannot be used as it is.
    #[error("{0}")]
    Value(String),
    /// Parameters cannot be used together.
    #[error("{0}")]
    Combination(String),
    /// A parameter is not there.
    #[error("{0}")]
    Missing(String),
    /// The same, in the operations that have one code for all of that.
    #[error("{0}")]
    Validation(String),
    /// There is no such dashboard.
    #[error("Dashboard {0} does not exist")]
    NoDashboard(String),
    /// There is no such alarm.
    #[error("{0}")]
    NoAlarm(String),
    /// There is nothing with this ARN that has tags.
    #[error("Unknown")]
    NotTagged(&'static str, String),
    /// A token for the next page that was not given out.
    #[error("The NextToken is invalid: {0}")]
    NextToken(String),
    /// As many as there may be.
    #[error("{0}")]
    Limit(String),
    /// A parameter is not JSON.
    #[error("{0}")]
    Format(String),
    /// A dashboard's body is none.
    #[error("The dashboard body is invalid, there are {} validation errors: {}", .0.len(), told(.0))]
    Dashboard(Vec<(String, String)>),
    /// AWS has it, and Kurodo has not.
    #[error("{0}")]
    Refused(String),
    /// Others changed the same thing at the same time.
    #[error("More than one process tried to modify a resource at the same time.")]
    Changed,
    /// Nobody signed.
    #[error("Request is missing Authentication Token")]
    Unsigned,
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A record is not what it should be.
    #[error("{0} cannot be read; run `kurodo check`")]
    Damaged(&'static str),
}

/// What is wrong with a dashboard, as the message has it.
fn told(messages: &[(String, String)]) -> String {
    let told =
        messages.iter().map(|(path, message)| serde_json::json!({"dataPath": path, "message": message}));
    serde_json::Value::from_iter(told).to_string()
}

impl Error {
    /// The error's shape in the API facts.
    fn shape(&self) -> Option<&'static str> {
        Some(match self {
            Self::Value(_) => "InvalidParameterValueException",
            Self::Combination(_) => "InvalidParameterCombinationException",
            Self::Missing(_) => "MissingRequiredParameterException",
            Self::NoDashboard(_) => "DashboardNotFoundError",
            Self::NoAlarm(_) => "ResourceNotFound",
            Self::NotTagged(..) => "ResourceNotFoundException",
            Self::NextToken(_) => "InvalidNextToken",
            Self::Limit(_) => "LimitExceededFault",
            Self::Format(_) => "InvalidFormatFault",
            Self::Dashboard(_) => "DashboardInvalidInputError",
            Self::Changed => "ConcurrentModificationException",
            Self::Validation(_) | Self::Refused(_) | Self::Unsigned | Self::Store(_) | Self::Damaged(_) => {
                return None;
            }
        })
    }

    /// AWS's code and HTTP status, where the facts have none; `None` for what is not the caller's doing.
    fn code(&self) -> Option<(&'static str, u16)> {
        match self {
            Self::Validation(_) => Some(("ValidationError", 400)),
            Self::Refused(_) => Some(("NotImplemented", 501)),
            Self::Unsigned => Some(("MissingAuthenticationToken", 403)),
            _ => None,
        }
    }

    /// The error's own members, where it has more than its message.
    fn members(self) -> Value {
        match self {
            Self::Dashboard(messages) => {
                let messages = messages.into_iter().map(|(path, message)| DashboardValidationMessage {
                    data_path: Some(path),
                    message: Some(message),
                });
                let messages = Some(messages.collect());
                DashboardInvalidInputError { message: None, dashboard_validation_messages: messages }
                    .into_value()
            }
            Self::NotTagged(kind, id) => {
                ResourceNotFoundException { resource_type: Some(kind.to_owned()), resource_id: Some(id) }
                    .into_value()
            }
            _ => Value::Null,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        if let Some((code, status)) = error.code() {
            return Self::new(code, status, error.to_string());
        }
        let schema =
            error.shape().and_then(|shape| SERVICE.errors.iter().find(|schema| schema.name == shape));
        match schema {
            Some(schema) => {
                let message = error.to_string();
                Self {
                    modeled: Some((schema, error.members())),
                    ..Self::new(schema.code, schema.status, message)
                }
            }
            None => Self::internal(&error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_query_protocol() {
        for (error, code, status) in [
            (Error::Value(String::new()), "InvalidParameterValue", 400),
            (Error::Missing(String::new()), "MissingParameter", 400),
            (Error::NoDashboard("d".to_owned()), "ResourceNotFound", 404),
            (Error::Validation(String::new()), "ValidationError", 400),
            (Error::Damaged("x"), "InternalError", 500),
        ] {
            let failure = Failure::from(error);
            assert_eq!((&*failure.code, failure.status), (code, status));
        }
        let messages = vec![("/".to_owned(), "Should be object".to_owned())];
        let failure = Failure::from(Error::Dashboard(messages));
        assert!(failure.message.contains("1 validation errors") && failure.modeled.is_some());
    }
}
