use kurodo_arn::AccountId;
use serde::{Deserialize, Serialize};

use super::Tags;

/// An instance profile: hands a role to an instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceProfile {
    /// The name.
    pub name: String,
    /// The unique id, `AIPA..`.
    pub id: String,
    /// The path, from `/` to `/`.
    pub path: String,
    /// When it was created.
    pub created: i64,
    /// The name of its role.
    #[serde(default)]
    pub role: Option<String>,
    /// The tags.
    #[serde(default)]
    pub tags: Tags,
}

impl InstanceProfile {
    /// `arn:aws:iam::<account>:instance-profile<path><name>`.
    pub fn arn(&self, account: AccountId) -> String {
        format!("arn:aws:iam::{account}:instance-profile{}{}", self.path, self.name)
    }
}
