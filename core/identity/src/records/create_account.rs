use kurodo_arn::AccountId;
use serde::{Deserialize, Serialize};

/// A request to create an account, as `DescribeCreateAccountStatus` tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateAccountRequest {
    /// The id, `car-..`.
    pub id: String,
    /// The account's name.
    pub name: String,
    /// When it was asked for.
    pub requested: i64,
    /// When it was done, or failed.
    pub completed: i64,
    /// How it ended.
    pub state: CreateAccountState,
}

/// How a request to create an account ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CreateAccountState {
    /// The account exists.
    Succeeded(#[serde(with = "crate::text")] AccountId),
    /// There is no new account.
    Failed(CreateAccountFailure),
}

/// Why an account was not created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CreateAccountFailure {
    /// Another account has the address.
    #[serde(rename = "EMAIL_ALREADY_EXISTS")]
    EmailAlreadyExists,
    /// The organisation has as many accounts as it may.
    #[serde(rename = "ACCOUNT_LIMIT_EXCEEDED")]
    AccountLimitExceeded,
}
