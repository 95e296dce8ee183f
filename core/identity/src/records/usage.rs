use serde::{Deserialize, Serialize};

/// When an access key was last used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyUse {
    /// When.
    pub at: i64,
    /// For which service, such as `s3`.
    pub service: String,
    /// In which region.
    pub region: String,
}

/// When a session of a role was last used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleUse {
    /// When.
    pub at: i64,
    /// In which region.
    pub region: String,
}

/// The last one-time code that was taken from a device; no code up to it is taken again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MfaStep {
    /// The step, in units of 30 seconds since 1970.
    pub step: i64,
}
