//! Roles that services assume to work for an account.

use std::sync::Arc;

use kurodo_arn::{AccountId, Arn};
use kurodo_authz::{Caller, Guardrails as _};
use kurodo_policy::{Attached, Context, Kind, Model, Policies, Request, evaluate};

use super::{StoredDirectory, caller::Assembler, error::LoadError};
use crate::{Account, ReadRecords as _, Role, Secret, Session, Subject, iam_scope, keys};

/// Which service assumes a role, and for what.
#[derive(Debug, Clone, Copy)]
pub struct Assume<'a> {
    /// The service's host name in policies, such as `s3.amazonaws.com`.
    pub host: &'a str,
    /// The ARN of the thing that the service works for, and its account: `aws:SourceArn`, `aws:SourceAccount`.
    pub source: (&'a str, AccountId),
    /// The session's name.
    pub session: &'a str,
    /// When, in seconds since 1970.
    pub now: i64,
}

/// Why a service does not get a role.
#[derive(Debug, thiserror::Error)]
pub enum AssumeError {
    /// There is no such role.
    #[error("the role does not exist")]
    NoRole,
    /// The role's trust policy does not let the service in.
    #[error("the role does not trust the service")]
    NotTrusted,
    /// The role, or what it may do, cannot be read.
    #[error("the role cannot be read")]
    Unavailable,
}

impl From<LoadError> for AssumeError {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Gone => Self::NoRole,
            other => {
                tracing::error!(error = %other, "a role cannot be looked up");
                Self::Unavailable
            }
        }
    }
}

impl StoredDirectory {
    /// A session of a role that trusts the service: what it may do is what the role may, now.
    ///
    /// # Errors
    /// [`AssumeError`].
    ///
    /// Source: IAM User Guide, "Create a role to delegate permissions to an AWS service".
    pub fn assume(&self, role: &str, by: &Assume<'_>) -> Result<Arc<Caller>, AssumeError> {
        let (account, record) = self.role_called(role)?;
        if !self.trusts(account, &record, by)? {
            return Err(AssumeError::NotTrusted);
        }
        let (guard, gather) = (self.guard(account)?, self.gatherer());
        let account: Account = gather.find(&keys::account(), account)?;
        let assembler = Assembler { gather: &gather, account: &account, guard: &guard };
        let mut caller = assembler.session(&session(&record, by))?;
        caller.access_key_id = None;
        Ok(Arc::new(caller))
    }

    fn role_called(&self, arn: &str) -> Result<(AccountId, Role), AssumeError> {
        let parsed: Arn = arn.parse().map_err(|_| AssumeError::NoRole)?;
        let account: AccountId = parsed.account.parse().map_err(|_| AssumeError::NoRole)?;
        let name = parsed.resource.rsplit('/').next().unwrap_or_default();
        let found = self.door.read().record(&keys::role(name).below(&iam_scope(account)));
        let found = found.map_err(|error| AssumeError::from(LoadError::from(error)))?;
        let role = found.map(|found| found.value).filter(|role| role.arn(account) == arn);
        role.map(|role| (account, role)).ok_or(AssumeError::NoRole)
    }

    /// Whether the role's trust policy, and what guards its account, let the service assume it.
    fn trusts(&self, account: AccountId, role: &Role, by: &Assume<'_>) -> Result<bool, AssumeError> {
        let name = format!("trust:role/{}", role.name);
        let trust = self.library.compiled(role.deciding_trust(), Kind::Trust);
        let trust = trust.map_err(|error| LoadError::Policy { name: name.clone(), error })?;
        let (arn, service) = (role.arn(account), Caller::service(by.host, by.source.0, by.source.1));
        let mut context = Context::over(service.context.clone());
        context.set("aws:ResourceAccount", account);
        if let Some(organization) = self.organization(by.source.1) {
            context.set("aws:SourceOrgID", organization);
        }
        if let Some(path) = self.organization_path(by.source.1) {
            context.set("aws:SourceOrgPaths", vec![path]);
        }
        for tag in &role.tags {
            context.set(format!("aws:ResourceTag/{}", tag.key), tag.value.as_str());
            context.set(format!("iam:ResourceTag/{}", tag.key), tag.value.as_str());
        }
        let request = Request {
            principal: &service.principal,
            action: "sts:AssumeRole",
            resource: &arn,
            owner: Some(account),
            context: &context,
        };
        let policies = Policies {
            scps: &[],
            rcps: &self.rcps(account),
            resource: Some(&Attached { name, policy: trust }),
            resource_grant: None,
            public_grant: None,
            identity: &[],
            boundary: None,
            session: None,
            endpoint: None,
        };
        Ok(evaluate(&request, &policies, Model::Trust).allowed)
    }
}

/// The session: nobody signs with it, so that it has no secret.
fn session(role: &Role, by: &Assume<'_>) -> Session {
    Session {
        access_key_id: String::new(),
        secret: Secret::new(String::new()),
        subject: Subject::Role { id: role.id.clone(), name: by.session.to_owned() },
        issued: by.now,
        expires: by.now.saturating_add(i64::from(role.max_session)),
        mfa: None,
        policy: None,
        policy_arns: Vec::new(),
        tags: Vec::new(),
        transitive: Vec::new(),
        source_identity: None,
        origin: None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixture::{Fixture, allow};

    const HOST: &str = "s3.amazonaws.com";

    fn trust(principal: &str, condition: &serde_json::Value) -> String {
        let statement = json!({ "Effect": "Allow", "Principal": { "Service": principal },
            "Action": "sts:AssumeRole", "Condition": condition });
        json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
    }

    fn by(account: AccountId) -> Assume<'static> {
        Assume { host: HOST, source: ("arn:aws:s3:::b", account), session: "copies", now: 7 }
    }

    #[tokio::test]
    async fn a_role_that_trusts_the_service_acts_with_its_own_policies() {
        let world = Fixture::new().await;
        let role = world
            .role("Copier", |role| {
                role.trust = trust(HOST, &json!({}));
                role.inline = [("p".to_owned(), allow("s3:ReplicateObject"))].into();
            })
            .await;
        let caller = world.directory.assume(&role.arn(world.account), &by(world.account)).unwrap();
        let arn = format!("arn:aws:sts::{}:assumed-role/Copier/copies", world.account);
        assert_eq!(
            (caller.principal.arn.as_str(), caller.principal.account),
            (arn.as_str(), Some(world.account))
        );
        assert_eq!((caller.identity.len(), caller.access_key_id.as_deref()), (1, None));
    }

    #[tokio::test]
    async fn no_other_role_is_given_away() {
        let world = Fixture::new().await;
        let source = |arn: &str| json!({ "ArnEquals": { "aws:SourceArn": arn } });
        for (document, trusted) in [
            (trust("ec2.amazonaws.com", &json!({})), false),
            (trust(HOST, &source("arn:aws:s3:::other")), false),
            (trust(HOST, &source("arn:aws:s3:::b")), true),
            (trust(HOST, &json!({ "StringEquals": { "aws:SourceAccount": "111122223333" } })), false),
        ] {
            let role = world.role("Copier", |role| role.trust = document.clone()).await;
            let found = world.directory.assume(&role.arn(world.account), &by(world.account));
            match found {
                Ok(_) => assert!(trusted, "{document}"),
                Err(AssumeError::NotTrusted) => assert!(!trusted, "{document}"),
                Err(other) => panic!("{other}"),
            }
        }
        for arn in ["Copier".to_owned(), format!("arn:aws:iam::{}:role/Copier", world.account)] {
            assert!(
                matches!(world.directory.assume(&arn, &by(world.account)), Err(AssumeError::NoRole)),
                "{arn}"
            );
        }
    }
}
