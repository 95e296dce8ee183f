use serde::{Deserialize, Serialize};

/// What an account's users must heed when they choose a password. Source: IAM API, `PasswordPolicy`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordPolicy {
    /// Characters at least; 6 to 128.
    pub minimum_length: u32,
    /// Whether a symbol is asked for.
    pub symbols: bool,
    /// Whether a digit is asked for.
    pub numbers: bool,
    /// Whether an upper-case letter is asked for.
    pub uppercase: bool,
    /// Whether a lower-case letter is asked for.
    pub lowercase: bool,
    /// Whether users may change their own.
    pub users_may_change: bool,
    /// Days until a password must be changed; `None` for never.
    #[serde(default)]
    pub max_age: Option<u32>,
    /// Earlier passwords that may not be used again; at most 24.
    #[serde(default)]
    pub reuse_prevention: Option<u32>,
    /// Whether an expired password can be changed by an administrator only.
    #[serde(default)]
    pub hard_expiry: bool,
}
