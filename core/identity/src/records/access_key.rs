use serde::{Deserialize, Serialize};

use crate::Secret;

/// A long-term access key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccessKey {
    /// The access key id, `AKIA..`; its account can be read from it.
    pub id: String,
    /// The secret access key, 40 characters.
    pub secret: Secret,
    /// Whose it is.
    pub owner: KeyOwner,
    /// Whether it may sign requests.
    pub active: bool,
    /// When it was created.
    pub created: i64,
}

/// Whose an access key is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyOwner {
    /// The account's root user.
    Root,
    /// The user with this unique id (`AIDA..`).
    User(String),
}
