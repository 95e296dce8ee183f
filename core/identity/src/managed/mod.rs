//! The managed policies that AWS provides, as far as the services of Kurodo know their actions.
//!
//! Source: AWS Managed Policy Reference Guide, for names and purposes; the documents are our own.

mod document;
mod organization;
mod service_linked;

use std::{collections::BTreeMap, sync::LazyLock};

pub use organization::{AwsOrgPolicy, FULL_ACCESS, ORG_POLICIES, RCP_FULL_ACCESS, org_policy};
pub use service_linked::{ServiceLinked, service_linked};

/// A managed policy of AWS's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsPolicy {
    /// The name.
    pub name: &'static str,
    /// The path, such as `/` or `/service-role/`.
    pub path: &'static str,
    /// `arn:aws:iam::aws:policy<path><name>`.
    pub arn: String,
    /// The unique id, `ANPA..`.
    pub id: String,
    /// The document. There is one version of it, `v1`.
    pub document: String,
}

impl AwsPolicy {
    /// When all of them were created, in seconds since 1970: in February 2015, when IAM began to have them.
    pub const CREATED: i64 = 1_423_247_986;
}

static POLICIES: LazyLock<BTreeMap<String, AwsPolicy>> = LazyLock::new(|| {
    let policies = document::read(include_str!("policies.txt"));
    policies.into_iter().map(|policy| (policy.arn.clone(), policy)).collect()
});

/// Every managed policy of AWS's, by ARN.
pub fn policies() -> impl Iterator<Item = &'static AwsPolicy> {
    POLICIES.values()
}

/// The managed policy of AWS's with this ARN.
pub fn policy(arn: &str) -> Option<&'static AwsPolicy> {
    arn.starts_with("arn:aws:iam::aws:policy/").then(|| POLICIES.get(arn)).flatten()
}

/// The document of AWS's managed policy with this ARN.
pub fn document(arn: &str) -> Option<&'static str> {
    policy(arn).map(|policy| policy.document.as_str())
}

#[cfg(test)]
mod tests {
    use kurodo_policy::{Kind, Policy};

    use super::*;

    #[test]
    fn every_policy_can_be_attached() {
        assert_eq!(
            policies().count(),
            document::read(include_str!("policies.txt")).len(),
            "names are unique"
        );
        for AwsPolicy { arn, document, .. } in policies() {
            for kind in [Kind::Identity, Kind::Boundary, Kind::Session] {
                let policy = Policy::parse(document, kind).and_then(Policy::current);
                assert!(policy.is_ok(), "{arn}: {:?}", policy.err());
            }
        }
    }

    #[test]
    fn policies_of_organizations_can_be_attached() {
        for AwsOrgPolicy { name, kind, document, .. } in ORG_POLICIES {
            let kind = if kind == crate::OrgPolicyKind::Scp { Kind::Scp } else { Kind::Rcp };
            assert!(Policy::parse(document, kind).is_ok(), "{name}");
        }
    }

    #[test]
    fn they_are_found_by_their_arns() {
        let arn = "arn:aws:iam::aws:policy/AdministratorAccess";
        assert_eq!(policy(arn).unwrap().id.len(), 21);
        let everything = r#"{"Effect":"Allow","Action":["*"],"Resource":["*"]}"#;
        assert!(document(arn).unwrap().contains(everything), "{}", document(arn).unwrap());
        assert!(document("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole").is_some());
        for arn in
            ["AdministratorAccess", "arn:aws:iam::aws:policy/administratoraccess", "arn:aws:iam::1:policy/x"]
        {
            assert!(policy(arn).is_none(), "{arn}");
        }
    }

    #[test]
    fn service_linked_roles_have_policies_that_exist() {
        for linked in service_linked::ALL {
            let arn = format!("arn:aws:iam::aws:policy/aws-service-role/{}", linked.policy);
            assert!(policy(&arn).is_some(), "{arn}");
        }
    }
}
