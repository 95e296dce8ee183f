use serde::{Deserialize, Serialize};

use crate::PasswordHash;

/// A user's password for the console.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoginProfile {
    /// The hash of the password.
    pub password: PasswordHash,
    /// When the profile was created.
    pub created: i64,
    /// When the password was last changed.
    pub changed: i64,
    /// Whether the user must choose a new one at the next sign-in.
    pub reset_required: bool,
    /// Hashes of earlier passwords, newest first, for the policy that forbids to use them again.
    #[serde(default)]
    pub earlier: Vec<PasswordHash>,
}
