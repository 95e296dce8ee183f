use kurodo_arn::AccountId;
use serde::{Deserialize, Serialize};

use super::{OrgPolicyKind, Tags};

/// The organisation: there is one, and every account is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// The id, `o-..`.
    pub id: String,
    /// The id of the root that all accounts are below, `r-..`.
    pub root: String,
    /// The management account, which no policy of the organisation limits.
    #[serde(with = "crate::text")]
    pub management: AccountId,
    /// When it was created.
    pub created: i64,
    /// The policy types in force at the root.
    #[serde(default)]
    pub enabled: Vec<OrgPolicyKind>,
    /// The tags of the root.
    #[serde(default)]
    pub root_tags: Tags,
}

impl Organization {
    /// `arn:aws:organizations::<management>:organization/<id>`.
    pub fn arn(&self) -> String {
        format!("arn:aws:organizations::{}:organization/{}", self.management, self.id)
    }

    /// The ARN of something in the organisation, such as the kind `root`, `ou` or `account` with its id.
    pub fn arn_of(&self, kind: &str, id: &str) -> String {
        format!("arn:aws:organizations::{}:{kind}/{}/{id}", self.management, self.id)
    }
}

/// An organisational unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationalUnit {
    /// The id, `ou-<root>-..`.
    pub id: String,
    /// The name; unique below its parent.
    pub name: String,
    /// The id of the root or unit that it is in.
    pub parent: String,
    /// When it was created.
    pub created: i64,
    /// The tags.
    #[serde(default)]
    pub tags: Tags,
}
