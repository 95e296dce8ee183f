use serde::{Deserialize, Serialize};

/// A tag. Keys keep their case and are compared without regard to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// The key.
    pub key: String,
    /// The value; may be empty.
    pub value: String,
}

/// The tags of one resource, in the order in which they were added.
pub type Tags = Vec<Tag>;
