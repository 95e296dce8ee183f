use kurodo_gateway::Handler;
use kurodo_wire::Secret;

use crate::{
    Organizations, kind,
    model::{DescribeOrganizationOutput, Organization, OrganizationFeatureSet, op},
    ops::{Answer, Asked},
};

impl Handler<op::DescribeOrganization> for Organizations {
    async fn handle(&self, asked: Asked<'_, op::DescribeOrganization>) -> Answer<op::DescribeOrganization> {
        let membership = asked.permits.resource();
        let (found, management) = (&membership.organization, &membership.management);
        let organization = Organization {
            id: Some(found.id.clone()),
            arn: Some(found.arn()),
            feature_set: Some(OrganizationFeatureSet::All),
            master_account_arn: Some(found.arn_of("account", &found.management.to_string())),
            master_account_id: Some(found.management.to_string()),
            master_account_email: Some(Secret::from(management.email.as_str())),
            available_policy_types: Some(kind::enabled(found)),
        };
        Ok(DescribeOrganizationOutput { organization: Some(organization) }.into())
    }
}
