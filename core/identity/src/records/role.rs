use std::collections::BTreeMap;

use kurodo_arn::AccountId;
use serde::{Deserialize, Serialize};

use super::Tags;

/// An IAM role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// The name.
    pub name: String,
    /// The unique id, `AROA..`. A session belongs to the id: one of a deleted role is dead, whatever the
    /// name is used for later.
    pub id: String,
    /// The path, from `/` to `/`.
    pub path: String,
    /// When it was created.
    pub created: i64,
    /// The trust policy: who may assume the role.
    pub trust: String,
    /// The same, with the unique ids of the users and roles that it names: what decides.
    #[serde(default)]
    pub bound_trust: Option<String>,
    /// How long a session may last, in seconds; 3600 to 43200.
    pub max_session: u32,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
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
    /// For a service-linked role, the service, such as `elasticache.amazonaws.com`.
    #[serde(default)]
    pub service: Option<String>,
}

impl Role {
    /// Seconds that a session of a new role may last.
    pub const MAX_SESSION: u32 = 3600;

    /// The trust policy that decides who may assume the role.
    pub fn deciding_trust(&self) -> &str {
        self.bound_trust.as_deref().unwrap_or(&self.trust)
    }

    /// `arn:aws:iam::<account>:role<path><name>`.
    pub fn arn(&self, account: AccountId) -> String {
        format!("arn:aws:iam::{account}:role{}{}", self.path, self.name)
    }
}
