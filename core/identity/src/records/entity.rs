use serde::{Deserialize, Serialize};

/// What a unique id belongs to: the index from ids to names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entity {
    /// The user of this name.
    User(String),
    /// The group of this name.
    Group(String),
    /// The role of this name.
    Role(String),
}
