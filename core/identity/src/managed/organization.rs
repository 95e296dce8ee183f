use crate::OrgPolicyKind;

/// A policy that every organisation has: it allows everything, so that others take away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AwsOrgPolicy {
    /// The id, `p-` and the name.
    pub id: &'static str,
    /// The name.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// Its type.
    pub kind: OrgPolicyKind,
    /// The document.
    pub document: &'static str,
}

/// The id of the service control policy that allows everything. Every root, unit and account starts with it.
pub const FULL_ACCESS: &str = "p-FullAWSAccess";

/// The id of the resource control policy that allows everything. Every root, unit and account has it for as
/// long as resource control policies are in force, and nobody detaches it.
pub const RCP_FULL_ACCESS: &str = "p-RCPFullAWSAccess";

/// What every organisation has.
pub const ORG_POLICIES: [AwsOrgPolicy; 2] = [
    AwsOrgPolicy {
        id: FULL_ACCESS,
        name: "FullAWSAccess",
        description: "Allows access to every operation",
        kind: OrgPolicyKind::Scp,
        document: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
    },
    AwsOrgPolicy {
        id: RCP_FULL_ACCESS,
        name: "RCPFullAWSAccess",
        description: "Allow access to every operation",
        kind: OrgPolicyKind::Rcp,
        document: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#,
    },
];

/// The policy of AWS's with this id.
pub fn org_policy(id: &str) -> Option<&'static AwsOrgPolicy> {
    ORG_POLICIES.iter().find(|policy| policy.id == id)
}

impl AwsOrgPolicy {
    /// `arn:aws:organizations::aws:policy/<type>/<id>`.
    pub fn arn(&self) -> String {
        format!("arn:aws:organizations::aws:policy/{}/{}", self.kind.slug(), self.id)
    }
}
