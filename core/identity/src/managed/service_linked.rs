/// The role that a service may have made for itself.
///
/// Source: IAM User Guide, "AWS services that work with IAM"; the services' own guides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceLinked {
    /// The service, such as `elasticache.amazonaws.com`.
    pub service: &'static str,
    /// The role's name.
    pub role: &'static str,
    /// The name of its policy, which has the path `/aws-service-role/`.
    pub policy: &'static str,
}

pub(super) const ALL: [ServiceLinked; 8] = [
    linked("cloudhsm.amazonaws.com", "AWSServiceRoleForCloudHSM", "CloudHSMServiceRolePolicy"),
    linked("elasticache.amazonaws.com", "AWSServiceRoleForElastiCache", "ElastiCacheServiceRolePolicy"),
    linked("elasticmapreduce.amazonaws.com", "AWSServiceRoleForEMRCleanup", "AmazonEMRCleanupPolicy"),
    linked("events.amazonaws.com", "AWSServiceRoleForCloudWatchEvents", "CloudWatchEventsServiceRolePolicy"),
    linked(
        "organizations.amazonaws.com",
        "AWSServiceRoleForOrganizations",
        "AWSOrganizationsServiceTrustPolicy",
    ),
    linked("rds.amazonaws.com", "AWSServiceRoleForRDS", "AmazonRDSServiceRolePolicy"),
    linked("redshift.amazonaws.com", "AWSServiceRoleForRedshift", "AmazonRedshiftServiceLinkedRolePolicy"),
    linked(
        "replication.dynamodb.amazonaws.com",
        "AWSServiceRoleForDynamoDBReplication",
        "DynamoDBReplicationServiceRolePolicy",
    ),
];

const fn linked(service: &'static str, role: &'static str, policy: &'static str) -> ServiceLinked {
    ServiceLinked { service, role, policy }
}

/// The role of this service, if it has one.
pub fn service_linked(service: &str) -> Option<&'static ServiceLinked> {
    ALL.iter().find(|linked| linked.service == service)
}
