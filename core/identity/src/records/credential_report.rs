use serde::{Deserialize, Serialize};

/// The last credential report of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialReport {
    /// When it was made.
    pub generated: i64,
    /// The report in CSV.
    pub content: String,
}
