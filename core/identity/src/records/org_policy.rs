use serde::{Deserialize, Serialize};

use super::Tags;

/// A policy of the organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgPolicy {
    /// The id, `p-..`.
    pub id: String,
    /// The name; unique in the organisation.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Its type.
    pub kind: OrgPolicyKind,
    /// The document.
    pub content: String,
    /// When it was created.
    pub created: i64,
    /// The tags.
    #[serde(default)]
    pub tags: Tags,
}

/// A type of policy of an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum OrgPolicyKind {
    /// Limits what principals of accounts may do.
    #[serde(rename = "SERVICE_CONTROL_POLICY")]
    Scp,
    /// Limits what may be done to resources of accounts.
    #[serde(rename = "RESOURCE_CONTROL_POLICY")]
    Rcp,
}

/// The policies that are attached to one root, unit or account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachments {
    /// The ids of the policies, in the order of attaching.
    pub policies: Vec<String>,
}
