use kurodo_arn::AccountId;
use serde::{Deserialize, Serialize};

/// An account, with its root user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The twelve digits.
    #[serde(with = "crate::text")]
    pub id: AccountId,
    /// The name that people know it by.
    pub name: String,
    /// The root user's address.
    pub email: String,
    /// The canonical user id: 64 hexadecimal digits, which S3's ACLs name the account by.
    pub canonical_id: String,
    /// When it was created.
    pub created: i64,
    /// The sign-in alias.
    #[serde(default)]
    pub alias: Option<String>,
    /// The root user.
    #[serde(default)]
    pub root: RootUser,
    /// Whether the account accepts Signature Version 2.
    #[serde(default)]
    pub signature_v2: bool,
}

/// What an account's root user holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootUser {
    /// The ids of its access keys; at most two.
    #[serde(default)]
    pub keys: Vec<String>,
    /// The serial numbers of its MFA devices.
    #[serde(default)]
    pub mfa: Vec<String>,
}

impl Account {
    /// `arn:aws:iam::<account>:root`.
    pub fn root_arn(&self) -> String {
        format!("arn:aws:iam::{}:root", self.id)
    }
}
