use std::collections::BTreeMap;

use kurodo_arn::AccountId;
use serde::{Deserialize, Serialize};

/// An IAM group. Who is in it stands on the users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The name.
    pub name: String,
    /// The unique id, `AGPA..`.
    pub id: String,
    /// The path, from `/` to `/`.
    pub path: String,
    /// When it was created.
    pub created: i64,
    /// The ARNs of the attached policies, in the order of attaching.
    #[serde(default)]
    pub attached: Vec<String>,
    /// The inline policies: name and document.
    #[serde(default)]
    pub inline: BTreeMap<String, String>,
}

impl Group {
    /// `arn:aws:iam::<account>:group<path><name>`.
    pub fn arn(&self, account: AccountId) -> String {
        format!("arn:aws:iam::{account}:group{}{}", self.path, self.name)
    }
}
