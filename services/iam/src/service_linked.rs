//! Roles that belong to services.
//!
//! Source: IAM User Guide, "Service-linked roles", and the pages of the services.

use crate::Error;

/// A service that has a role of its own in an account.
struct Linked {
    /// The service as trust policies name it.
    service: &'static str,
    /// What the role's name ends with.
    suffix: &'static str,
    /// Whether there may be several, told apart by a suffix.
    many: bool,
}

const fn one(service: &'static str, suffix: &'static str) -> Linked {
    Linked { service, suffix, many: false }
}

const fn many(service: &'static str, suffix: &'static str) -> Linked {
    Linked { service, suffix, many: true }
}

const SERVICES: &[Linked] = &[
    many("autoscaling.amazonaws.com", "AutoScaling"),
    one("cks.kms.amazonaws.com", "KeyManagementServiceCustomKeyStores"),
    one("cloudhsm.amazonaws.com", "CloudHSM"),
    one("cloudtrail.amazonaws.com", "CloudTrail"),
    one("cognito-idp.amazonaws.com", "AmazonCognitoIdp"),
    one("config.amazonaws.com", "Config"),
    one("delivery.logs.amazonaws.com", "LogDelivery"),
    one("dynamodb.application-autoscaling.amazonaws.com", "ApplicationAutoScaling_DynamoDBTable"),
    one("ecs.amazonaws.com", "ECS"),
    one("eks.amazonaws.com", "AmazonEKS"),
    one("elasticache.amazonaws.com", "ElastiCache"),
    one("elasticloadbalancing.amazonaws.com", "ElasticLoadBalancing"),
    one("elasticmapreduce.amazonaws.com", "EMRCleanup"),
    one("email.cognito-idp.amazonaws.com", "AmazonCognitoIdpEmailService"),
    one("es.amazonaws.com", "AmazonElasticsearchService"),
    one("events.amazonaws.com", "CloudWatchEvents"),
    one("mrk.kms.amazonaws.com", "KeyManagementServiceMultiRegionKeys"),
    one("opensearchservice.amazonaws.com", "AmazonOpenSearchService"),
    one("organizations.amazonaws.com", "Organizations"),
    one("rds.amazonaws.com", "RDS"),
    one("rds.application-autoscaling.amazonaws.com", "ApplicationAutoScaling_RDSCluster"),
    one("redshift.amazonaws.com", "Redshift"),
    one("replication.dynamodb.amazonaws.com", "DynamoDBReplication"),
    one("spot.amazonaws.com", "EC2Spot"),
    one("spotfleet.amazonaws.com", "EC2SpotFleet"),
    one("ssm.amazonaws.com", "AmazonSSM"),
    one("storage-lens.s3.amazonaws.com", "S3StorageLens"),
];

/// The name of a service's role.
pub(crate) fn role_name(service: &str, suffix: Option<&str>) -> Result<String, Error> {
    let linked = SERVICES
        .iter()
        .find(|linked| linked.service == service)
        .ok_or_else(|| Error::InvalidInput(format!("Service principal {service} has no service-linked role.")))?;
    match suffix {
        None => Ok(format!("AWSServiceRoleFor{}", linked.suffix)),
        Some(suffix) if linked.many => Ok(format!("AWSServiceRoleFor{}_{suffix}", linked.suffix)),
        Some(_) => Err(Error::InvalidInput(format!("Custom suffix is not allowed for {service}"))),
    }
}

/// The path of a service's role.
pub(crate) fn path(service: &str) -> String {
    format!("/aws-service-role/{service}/")
}

/// Who may assume a service's role: the service.
pub(crate) fn trust(service: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"{service}"}},"Action":"sts:AssumeRole"}}]}}"#
    )
}

/// The deletion of a service's role: `task/aws-service-role/<service>/<role>/<id>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Task {
    pub(crate) service: String,
    pub(crate) role: String,
    id: String,
}

impl Task {
    /// The deletion of this role.
    pub(crate) fn new(service: &str, role: &str) -> Result<Self, Error> {
        let mut noise = [0_u8; 16];
        aws_lc_rs::rand::fill(&mut noise).map_err(|_| kurodo_identity::RandomError)?;
        let hex = format!("{:032x}", u128::from_be_bytes(noise));
        let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| hex.get(range).unwrap_or_default());
        Ok(Self { service: service.to_owned(), role: role.to_owned(), id: parts.join("-") })
    }

    /// Reads a task's id.
    pub(crate) fn read(text: &str) -> Result<Self, Error> {
        let parts: Vec<&str> = text.split('/').collect();
        match parts.as_slice() {
            ["task", "aws-service-role", service, role, id] => {
                Ok(Self { service: (*service).to_owned(), role: (*role).to_owned(), id: (*id).to_owned() })
            }
            _ => Err(Error::InvalidInput(format!("Deletion task id {text} is not valid."))),
        }
    }
}

impl std::fmt::Display for Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { service, role, id } = self;
        write!(f, "task/aws-service-role/{service}/{role}/{id}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::trust_policy;

    #[test]
    fn names_are_those_of_aws() {
        let name = |service, suffix| role_name(service, suffix).map_err(|error| error.to_string());
        assert_eq!(name("elasticache.amazonaws.com", None), Ok("AWSServiceRoleForElastiCache".to_owned()));
        assert_eq!(
            name("autoscaling.amazonaws.com", Some("web")),
            Ok("AWSServiceRoleForAutoScaling_web".to_owned())
        );
        assert!(name("elasticache.amazonaws.com", Some("web")).is_err());
        assert!(name("evil.amazonaws.com", None).is_err());
    }

    #[test]
    fn every_service_may_assume_its_role() {
        for linked in SERVICES {
            assert!(trust_policy(&trust(linked.service)).is_ok(), "{}", linked.service);
        }
    }

    #[test]
    fn tasks_are_read_as_they_are_written() {
        let task = Task::new("rds.amazonaws.com", "AWSServiceRoleForRDS").unwrap();
        assert_eq!(Task::read(&task.to_string()).unwrap(), task);
        for text in ["", "task/aws-service-role/a/b", "task/other/a/b/c", "task/aws-service-role/a/b/c/d"] {
            assert!(Task::read(text).is_err(), "{text}");
        }
    }
}
