use kurodo_arn::AccountId;
use serde::{Deserialize, Serialize};

use super::Tags;

/// A customer-managed policy with its versions. What it is attached to stands on users, groups and roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManagedPolicy {
    /// The name.
    pub name: String,
    /// The unique id, `ANPA..`.
    pub id: String,
    /// The path, from `/` to `/`.
    pub path: String,
    /// When it was created.
    pub created: i64,
    /// When a version was last added, removed or made the default.
    pub updated: i64,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// The tags.
    #[serde(default)]
    pub tags: Tags,
    /// The versions that exist, oldest first; at most five.
    pub versions: Vec<PolicyVersion>,
    /// The number of the version in force.
    pub default: u32,
    /// The highest number that was ever given; numbers are not used again.
    pub latest: u32,
}

/// One version of a managed policy. Its id is `v` and the number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// From 1.
    pub number: u32,
    /// The document as it was given.
    pub document: String,
    /// When it was created.
    pub created: i64,
}

impl ManagedPolicy {
    /// `arn:aws:iam::<account>:policy<path><name>`.
    pub fn arn(&self, account: AccountId) -> String {
        format!("arn:aws:iam::{account}:policy{}{}", self.path, self.name)
    }

    /// The version with this number.
    pub fn version(&self, number: u32) -> Option<&PolicyVersion> {
        self.versions.iter().find(|version| version.number == number)
    }

    /// The document in force.
    pub fn document(&self) -> Option<&str> {
        self.version(self.default).map(|version| version.document.as_str())
    }
}
