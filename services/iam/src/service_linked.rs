//! Roles that belong to services.
//!
//! Source: IAM User Guide, "Service-linked roles".

use kurodo_identity::managed::{self, ServiceLinked};

use crate::Error;

/// The role that a service may have in an account, if Kurodo knows the service.
pub(crate) fn known(service: &str) -> Result<&'static ServiceLinked, Error> {
    let unknown = || Error::InvalidInput(format!("Service principal {service} has no service-linked role."));
    managed::service_linked(service).ok_or_else(unknown)
}

/// The ARN of the policy that a service's role has.
pub(crate) fn policy_arn(linked: &ServiceLinked) -> String {
    format!("arn:aws:iam::aws:policy/aws-service-role/{}", linked.policy)
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
    fn a_service_may_assume_its_role_and_its_policy_exists() {
        let linked = known("elasticache.amazonaws.com").unwrap();
        assert_eq!(linked.role, "AWSServiceRoleForElastiCache");
        assert!(trust_policy(&trust(linked.service)).is_ok());
        assert!(managed::policy(&policy_arn(linked)).is_some());
        assert_eq!(known("evil.amazonaws.com").unwrap_err().code(), Some(("InvalidInput", 400)));
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
