use serde::{Deserialize, Serialize};

use super::{Organization, Tags};
use crate::managed;

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

impl OrgPolicy {
    /// `arn:aws:organizations::<management>:policy/<organisation>/<type>/<id>`.
    pub fn arn(&self, organization: &Organization) -> String {
        let Organization { management, id, .. } = organization;
        format!("arn:aws:organizations::{management}:policy/{id}/{}/{}", self.kind.slug(), self.id)
    }
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

impl OrgPolicyKind {
    /// As ARNs write the type.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Scp => "service_control_policy",
            Self::Rcp => "resource_control_policy",
        }
    }

    /// As the API writes the type.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scp => "SERVICE_CONTROL_POLICY",
            Self::Rcp => "RESOURCE_CONTROL_POLICY",
        }
    }
}

/// The policies that are attached to one root, unit or account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachments {
    /// The ids of the policies, in the order of attaching.
    pub policies: Vec<String>,
}

impl Attachments {
    /// What a root, unit or account has when it is created: the policy that allows everything, as long as
    /// service control policies are in force.
    pub fn new(organization: &Organization) -> Self {
        let controlled = organization.enabled.contains(&OrgPolicyKind::Scp);
        Self { policies: controlled.then(|| managed::FULL_ACCESS.to_owned()).into_iter().collect() }
    }
}
