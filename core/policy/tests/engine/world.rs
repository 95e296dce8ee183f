//! A small world to ask questions in: one account's principals, policies by their statements.

use std::sync::Arc;

use kurodo_arn::AccountId;
use kurodo_policy::{
    Attached, Context, Decision, Kind, Model, Policies, Policy, Principal, PrincipalKind, Reason, Request,
    evaluate,
};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const OTHER: &str = "444455556666";
pub(crate) const USER: &str = "arn:aws:iam::111122223333:user/bob";
pub(crate) const ROLE: &str = "arn:aws:iam::111122223333:role/team/app";
pub(crate) const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/app/s1";
pub(crate) const FULL_RCP: &str = r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#;
pub(crate) const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/guest";
pub(crate) const ROOT: &str = "arn:aws:iam::111122223333:root";
pub(crate) const OBJECT: &str = "arn:aws:s3:::b/k";

pub(crate) fn account(text: &str) -> AccountId {
    text.parse().unwrap()
}

/// A principal of [`ACCOUNT`].
pub(crate) fn principal(kind: PrincipalKind) -> Principal {
    use PrincipalKind as K;
    let (arn, role_arn, user_id) = match kind {
        K::Root => (ROOT, None, Some(ACCOUNT)),
        K::User => (USER, None, Some("AIDABOBBOBBOBBOBBOBBO")),
        K::Role => (ROLE, None, Some("AROAAPPAPPAPPAPPAPPAP")),
        K::AssumedRole => (SESSION, Some(ROLE), Some("AROAAPPAPPAPPAPPAPPAP:s1")),
        K::FederatedUser => (FEDERATED, Some(USER), Some("111122223333:guest")),
        K::Service => ("logs.amazonaws.com", None, None),
        K::WebIdentity | K::Saml | K::Anonymous => ("", None, None),
    };
    let outside = matches!(kind, K::Service | K::WebIdentity | K::Saml | K::Anonymous);
    let federated = match kind {
        K::WebIdentity => Some("accounts.google.com".to_owned()),
        K::Saml => Some("arn:aws:iam::111122223333:saml-provider/Idp".to_owned()),
        _ => None,
    };
    Principal {
        kind,
        account: (!outside).then(|| account(ACCOUNT)),
        arn: arn.to_owned(),
        role_arn: role_arn.map(str::to_owned),
        federated_by: (kind == K::FederatedUser).then(|| "AIDABOBBOBBOBBOBBOBBO".to_owned()),
        canonical_id: (!outside).then(|| "c".repeat(64)),
        federated,
        user_id: user_id.map(str::to_owned),
    }
}

/// A policy with these statements.
pub(crate) fn attached(name: &str, kind: Kind, statements: &str) -> Attached {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    let policy = Policy::parse(&text, kind).unwrap_or_else(|error| panic!("{error}: {text}"));
    Attached { name: name.to_owned(), policy: Arc::new(policy) }
}

/// `s3:GetObject` on everything.
pub(crate) fn rule(effect: &str) -> String {
    format!(r#"{{"Effect":"{effect}","Action":"s3:GetObject","Resource":"*"}}"#)
}

/// `s3:GetObject` on everything, for a principal such as `{"AWS":"*"}`.
pub(crate) fn rule_for(effect: &str, principal: &str) -> String {
    format!(r#"{{"Effect":"{effect}","Principal":{principal},"Action":"s3:GetObject","Resource":"*"}}"#)
}

/// `s3:PutObject` only: a policy that is there but does not allow what is asked.
pub(crate) const ELSEWHERE: &str = r#"{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}"#;

/// A question with the policies that bear on it.
pub(crate) struct World {
    pub(crate) principal: Principal,
    pub(crate) owner: &'static str,
    pub(crate) action: &'static str,
    pub(crate) model: Model,
    pub(crate) scps: Vec<Vec<Attached>>,
    pub(crate) rcps: Vec<Vec<Attached>>,
    pub(crate) resource: Option<Attached>,
    pub(crate) grant: Option<&'static str>,
    pub(crate) public: Option<&'static str>,
    pub(crate) identity: Vec<Attached>,
    pub(crate) boundary: Option<Attached>,
    pub(crate) session: Option<Vec<Attached>>,
    pub(crate) endpoint: Option<Attached>,
    pub(crate) context: Context,
}

impl World {
    pub(crate) fn new(kind: PrincipalKind) -> Self {
        Self {
            principal: principal(kind),
            owner: ACCOUNT,
            action: "s3:GetObject",
            model: Model::Standard,
            scps: Vec::new(),
            rcps: Vec::new(),
            resource: None,
            grant: None,
            public: None,
            identity: Vec::new(),
            boundary: None,
            session: None,
            endpoint: None,
            context: Context::new(),
        }
    }

    pub(crate) fn foreign(mut self) -> Self {
        self.owner = OTHER;
        self
    }

    pub(crate) fn model(mut self, model: Model) -> Self {
        self.model = model;
        self
    }

    pub(crate) fn identity(mut self, statements: &str) -> Self {
        self.identity.push(attached("identity", Kind::Identity, statements));
        self
    }

    pub(crate) fn boundary(mut self, statements: &str) -> Self {
        self.boundary = Some(attached("boundary", Kind::Boundary, statements));
        self
    }

    pub(crate) fn session(mut self, statements: &str) -> Self {
        let session = attached("session", Kind::Session, statements);
        self.session.get_or_insert_default().push(session);
        self
    }

    pub(crate) fn endpoint(mut self, statements: &str) -> Self {
        self.endpoint = Some(attached("endpoint", Kind::Endpoint, statements));
        self
    }

    pub(crate) fn resource(mut self, statements: &str) -> Self {
        self.resource = Some(attached("resource", Kind::Resource, statements));
        self
    }

    pub(crate) fn grant(mut self) -> Self {
        self.grant = Some("ACL: READ");
        self
    }

    pub(crate) fn public(mut self) -> Self {
        self.public = Some("ACL: READ to AllUsers");
        self
    }

    pub(crate) fn scp(mut self, statements: &str) -> Self {
        self.scps.push(vec![attached("scp", Kind::Scp, statements)]);
        self
    }

    pub(crate) fn rcp(mut self, statements: &[&str]) -> Self {
        self.rcps.push(statements.iter().map(|s| attached("rcp", Kind::Rcp, s)).collect());
        self
    }

    pub(crate) fn with<R>(&self, ask: impl FnOnce(&Request<'_>, &Policies<'_>) -> R) -> R {
        let request = Request {
            principal: &self.principal,
            action: self.action,
            resource: OBJECT,
            owner: Some(account(self.owner)),
            context: &self.context,
        };
        let policies = Policies {
            scps: &self.scps,
            rcps: &self.rcps,
            resource: self.resource.as_ref(),
            resource_grant: self.grant,
            public_grant: self.public,
            identity: &self.identity,
            boundary: self.boundary.as_ref(),
            session: self.session.as_deref(),
            endpoint: self.endpoint.as_ref(),
        };
        ask(&request, &policies)
    }

    pub(crate) fn decide(&self) -> Decision {
        self.with(|request, policies| evaluate(request, policies, self.model))
    }

    /// `allow identity`, `deny scp`, `missing boundary`, `root`, `grant`, `anonymous`.
    pub(crate) fn verdict(&self) -> String {
        let decision = self.decide();
        let allows =
            matches!(decision.reason, Reason::Allow { .. } | Reason::AllowRoot | Reason::AllowGrant { .. });
        assert_eq!(decision.allowed, allows);
        match decision.reason {
            Reason::ExplicitDeny { kind, .. } => format!("deny {kind:?}"),
            Reason::ImplicitDeny { kind } => format!("missing {kind:?}"),
            Reason::Allow { kind, .. } => format!("allow {kind:?}"),
            Reason::AllowRoot => "root".to_owned(),
            Reason::AllowGrant { .. } => "grant".to_owned(),
            Reason::AnonymousDenied => "anonymous".to_owned(),
        }
    }
}
