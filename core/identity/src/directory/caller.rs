use std::sync::Arc;

use kurodo_authz::Caller;
use kurodo_policy::{Attached, Context, Kind, Principal, PrincipalKind};

use super::{error::LoadError, gather::Gatherer, guard::Guard, time::iso8601};
use crate::{Account, Session, Subject, Tag, User, session::Parent};

/// Puts callers of one account together.
pub(crate) struct Assembler<'a> {
    pub(crate) gather: &'a Gatherer<'a>,
    pub(crate) account: &'a Account,
    pub(crate) guard: &'a Guard,
}

impl Assembler<'_> {
    /// The root user of the account.
    pub(crate) fn root(&self, access_key_id: &str) -> Caller {
        let arn = self.account.root_arn();
        let id = self.account.id.to_string();
        let context = self.context("Account", &arn, &id, &[]);
        self.caller(PrincipalKind::Root, arn, id, access_key_id, context)
    }

    /// A user.
    pub(crate) fn user(&self, user: &User, access_key_id: &str) -> Result<Caller, LoadError> {
        let arn = user.arn(self.account.id);
        let mut context = self.context("User", &arn, &user.id, &user.tags);
        context.set("aws:username", user.name.as_str());
        let caller = self.caller(PrincipalKind::User, arn, user.id.clone(), access_key_id, context);
        Ok(Caller {
            identity: self.gather.of_user(self.account.id, user)?,
            boundary: self.gather.boundary(self.account.id, user.boundary.as_ref())?,
            ..caller
        })
    }

    /// Whoever acts in a session.
    pub(crate) fn session(&self, session: &Session) -> Result<Caller, LoadError> {
        match &session.subject {
            Subject::Role { id, name } => self.role(session, id, name),
            Subject::Same(parent) => self.same(session, parent),
            Subject::Federated { name, by } => self.federated(session, name, by),
        }
    }

    fn role(&self, session: &Session, id: &str, name: &str) -> Result<Caller, LoadError> {
        let account = self.account.id;
        let role = self.gather.role(account, id)?;
        let role_arn = role.arn(account);
        let arn = format!("arn:aws:sts::{account}:assumed-role/{}/{name}", role.name);
        let user_id = format!("{id}:{name}");
        let mut context = self.context("AssumedRole", &role_arn, &user_id, &role.tags);
        tags(&mut context, &session.tags);
        describe(&mut context, session);
        let mut caller =
            self.caller(PrincipalKind::AssumedRole, arn, user_id, &session.access_key_id, context);
        caller.principal.role_arn = Some(role_arn);
        caller.principal.federated = session.origin.as_ref().map(|origin| origin.provider.clone());
        caller.session = self.session_policies(session)?;
        caller.identity = self.gather.of_role(account, &role)?;
        caller.boundary = self.gather.boundary(account, role.boundary.as_ref())?;
        Ok(caller)
    }

    /// The parent with a temporary credential.
    fn same(&self, session: &Session, parent: &Parent) -> Result<Caller, LoadError> {
        let mut caller = self.parent(parent, &session.access_key_id)?;
        describe(Arc::make_mut(&mut caller.context), session);
        let mut limits = vec![self.limits(SAME)?];
        if session.mfa.is_none() {
            limits.push(self.limits(SAME_WITHOUT_MFA)?);
        }
        caller.session = Some(limits);
        Ok(caller)
    }

    fn federated(&self, session: &Session, name: &str, by: &Parent) -> Result<Caller, LoadError> {
        let account = self.account.id;
        let parent = self.parent(by, &session.access_key_id)?;
        let arn = format!("arn:aws:sts::{account}:federated-user/{name}");
        let user_id = format!("{account}:{name}");
        let mut context = self.context("FederatedUser", &arn, &user_id, &session.tags);
        describe(&mut context, session);
        let mut caller =
            self.caller(PrincipalKind::FederatedUser, arn, user_id, &session.access_key_id, context);
        caller.principal.role_arn = Some(parent.principal.arn);
        caller.principal.federated_by = parent.principal.user_id;
        caller.identity = parent.identity;
        caller.boundary = parent.boundary;
        let mut policies = self.session_policies(session)?.unwrap_or_default();
        policies.push(self.limits(FEDERATED)?);
        caller.session = Some(policies);
        Ok(caller)
    }

    /// Whoever's long-term credential made the session; gone with that credential.
    fn parent(&self, parent: &Parent, access_key_id: &str) -> Result<Caller, LoadError> {
        let account = self.account.id;
        let key = self.gather.find(&crate::keys::access_key(&parent.key), account)?;
        if !key.active {
            return Err(LoadError::Gone);
        }
        match &parent.user {
            None => Ok(self.root(access_key_id)),
            Some(id) => self.user(&self.gather.user(account, id)?, access_key_id),
        }
    }

    fn session_policies(&self, session: &Session) -> Result<Option<Vec<Attached>>, LoadError> {
        let mut policies = Vec::new();
        if let Some(text) = &session.policy {
            policies.push(self.gather.compiled("inline:session".to_owned(), text, Kind::Session)?);
        }
        match self.gather.managed(self.account.id, &session.policy_arns, Kind::Session, &mut policies) {
            // The policy was deleted after the session was made. Nobody knows any more what it allowed.
            Err(LoadError::Missing(_)) => return Err(LoadError::Gone),
            other => other?,
        }
        Ok((!policies.is_empty()).then_some(policies))
    }

    fn limits(&self, text: &str) -> Result<Attached, LoadError> {
        self.gather.compiled("aws:temporary-credentials".to_owned(), text, Kind::Session)
    }

    fn caller(
        &self,
        kind: PrincipalKind,
        arn: String,
        user_id: String,
        access_key_id: &str,
        context: Context,
    ) -> Caller {
        let principal = Principal {
            kind,
            account: Some(self.account.id),
            arn,
            role_arn: None,
            federated_by: None,
            canonical_id: Some(self.account.canonical_id.clone()),
            federated: None,
            user_id: Some(user_id),
        };
        Caller {
            principal,
            access_key_id: Some(access_key_id.to_owned()),
            identity: Vec::new(),
            boundary: None,
            session: None,
            scps: self.guard.scps.clone(),
            context: Arc::new(context),
            via: Vec::new(),
        }
    }

    /// The keys that every principal has.
    fn context(&self, kind: &'static str, arn: &str, user_id: &str, own: &[Tag]) -> Context {
        let mut context = Context::with_capacity(12 + own.len());
        context.set("aws:PrincipalArn", arn);
        context.set("aws:PrincipalAccount", self.account.id.to_string());
        context.set("aws:PrincipalType", kind);
        context.set("aws:PrincipalIsAWSService", false);
        context.set("aws:userid", user_id);
        if let Some(organization) = &self.guard.organization {
            context.set("aws:PrincipalOrgID", organization.as_ref());
            context.set("aws:PrincipalOrgPaths", vec![self.guard.path.clone()]);
        }
        tags(&mut context, own);
        context
    }
}

/// What AWS forbids to credentials of `GetSessionToken`. Source: STS API Reference, `GetSessionToken`.
const SAME: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":"*","Resource":"*"},
    {"Sid":"SessionTokensCallOfStsOnlyAssumeRole","Effect":"Deny","Action":["sts:GetSessionToken",
     "sts:GetFederationToken","sts:GetAccessKeyInfo","sts:DecodeAuthorizationMessage","sts:AssumeRoot"],
     "Resource":"*"}]}"#;

/// What it forbids to them beside that, where no one-time code was shown.
const SAME_WITHOUT_MFA: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Sid":"SessionTokensWithoutMfaCallNoIam","Effect":"Deny","Action":"iam:*","Resource":"*"}]}"#;

/// What AWS forbids to federated users. Source: STS API Reference, `GetFederationToken`.
const FEDERATED: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Sid":"FederatedUsersCallNeitherIamNorSts","Effect":"Deny","Action":["iam:*","sts:*"],"Resource":"*"}]}"#;

/// The keys that only temporary credentials have.
fn describe(context: &mut Context, session: &Session) {
    context.set("aws:TokenIssueTime", iso8601(session.issued));
    context.set("aws:MultiFactorAuthPresent", session.mfa.is_some());
    if let Some(identity) = &session.source_identity {
        context.set("aws:SourceIdentity", identity.as_str());
    }
    if let Some(origin) = &session.origin {
        origin.describe(context);
    }
}

fn tags(context: &mut Context, tags: &[Tag]) {
    for Tag { key, value } in tags {
        context.set(format!("aws:PrincipalTag/{key}"), value.as_str());
    }
}
