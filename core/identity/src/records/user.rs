use std::collections::BTreeMap;

use kurodo_arn::AccountId;
use serde::{Deserialize, Serialize};

use super::{LoginProfile, Tags};

/// An IAM user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// The name.
    pub name: String,
    /// The unique id, `AIDA..`: survives renaming, and is never used again.
    pub id: String,
    /// The path, from `/` to `/`.
    pub path: String,
    /// When it was created.
    pub created: i64,
    /// The ARN of the permissions boundary.
    #[serde(default)]
    pub boundary: Option<String>,
    /// The tags.
    #[serde(default)]
    pub tags: Tags,
    /// The ARNs of the attached policies, in the order of attaching.
    #[serde(default)]
    pub attached: Vec<String>,
    /// The inline policies: name and document.
    #[serde(default)]
    pub inline: BTreeMap<String, String>,
    /// The unique ids (`AGPA..`) of the user's groups: they survive the renaming of a group.
    #[serde(default)]
    pub groups: Vec<String>,
    /// The ids of the access keys; at most two.
    #[serde(default)]
    pub keys: Vec<String>,
    /// The serial numbers of the MFA devices.
    #[serde(default)]
    pub mfa: Vec<String>,
    /// The password, for the console.
    #[serde(default)]
    pub login: Option<LoginProfile>,
}

impl User {
    /// `arn:aws:iam::<account>:user<path><name>`.
    pub fn arn(&self, account: AccountId) -> String {
        format!("arn:aws:iam::{account}:user{}{}", self.path, self.name)
    }
}
