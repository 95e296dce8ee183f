//! The managed policies that AWS provides, as far as the services of Kurodo know their actions.
//!
//! Source: AWS Managed Policy Reference Guide, for names and purposes; the documents are our own.

mod organization;

pub use organization::{AwsOrgPolicy, ORG_POLICIES, org_policy};

/// The document of AWS's managed policy with this ARN.
pub fn document(_arn: &str) -> Option<&'static str> {
    None
}
