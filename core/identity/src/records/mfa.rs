use serde::{Deserialize, Serialize};

use super::Tags;
use crate::Secret;

/// A virtual MFA device: a shared seed that makes one-time codes (RFC 6238, SHA-1, 6 digits, 30 seconds).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VirtualMfa {
    /// The name, which the serial number ends with.
    pub name: String,
    /// The path, from `/` to `/`.
    pub path: String,
    /// The seed in base32.
    pub seed: Secret,
    /// When it was created.
    pub created: i64,
    /// Whom it is enabled for, and since when.
    #[serde(default)]
    pub enabled: Option<MfaUse>,
    /// The tags.
    #[serde(default)]
    pub tags: Tags,
}

/// That a device is enabled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MfaUse {
    /// For whom.
    pub holder: MfaHolder,
    /// Since when.
    pub since: i64,
}

/// Who holds a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MfaHolder {
    /// The account's root user.
    Root,
    /// The user with this unique id (`AIDA..`).
    User(String),
}

impl VirtualMfa {
    /// The serial number: `arn:aws:iam::<account>:mfa<path><name>`.
    pub fn serial(&self, account: kurodo_arn::AccountId) -> String {
        format!("arn:aws:iam::{account}:mfa{}{}", self.path, self.name)
    }
}
