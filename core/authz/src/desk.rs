use std::sync::Arc;

use kurodo_arn::AccountId;
use kurodo_policy::{Attached, Context, Model, Policies, PrincipalKind, Reason, Request, evaluate, explain};

use crate::{Action, Caller, Denial, Gate, Named, Need, Permit, Resource};

/// What limits a resource's account, whoever asks.
pub trait Guardrails: Send + Sync {
    /// Resource control policies by level, from the root to the account; empty where none apply.
    fn rcps(&self, owner: AccountId) -> Arc<Vec<Vec<Attached>>>;
    /// The organisation that the account belongs to.
    fn organization(&self, account: AccountId) -> Option<Arc<str>>;
    /// Where in it the account is: the ids from the organisation to the account's parent, each with a slash behind it.
    fn organization_path(&self, account: AccountId) -> Option<String>;
}

/// One evaluation, for the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The action.
    pub action: &'static str,
    /// The resource's ARN.
    pub resource: String,
    /// Whose the resource is.
    pub owner: AccountId,
    /// Whether it was allowed.
    pub allowed: bool,
    /// Whether it was an access control list that allowed it.
    pub by_list: bool,
    /// For whom it was decided, if not for the request's own caller.
    pub by: Option<String>,
}

/// Where one request's needs are decided and its permits minted.
pub struct Desk<'r> {
    caller: Who<'r>,
    /// Keys of the caller, the connection and the request: `aws:SourceIp`, `aws:SecureTransport`, ..
    request: Arc<Context>,
    guardrails: &'r dyn Guardrails,
    /// Whether the resources' own policies and grants have a say.
    resources: bool,
    checks: Vec<Check>,
}

/// For whom it is decided.
enum Who<'r> {
    /// The request's own caller.
    Asks(&'r Caller),
    /// Another one, for a part of it.
    Aside(Arc<Caller>),
}

impl Who<'_> {
    fn caller(&self) -> &Caller {
        match self {
            Self::Asks(caller) => caller,
            Self::Aside(caller) => caller,
        }
    }

    /// How the other one is called.
    fn aside(&self) -> Option<String> {
        match self {
            Self::Asks(_) => None,
            Self::Aside(caller) => Some(caller.principal.arn.clone()),
        }
    }
}

/// What has a say on a decision beside the caller's own policies.
struct Says<'s> {
    policy: Option<&'s Attached>,
    grant: Option<&'s str>,
    public_grant: Option<&'s str>,
    model: Model,
}

impl<'r> Desk<'r> {
    /// The desk for one request.
    pub fn new(caller: &'r Caller, request: Arc<Context>, guardrails: &'r dyn Guardrails) -> Self {
        Self { caller: Who::Asks(caller), request, guardrails, resources: true, checks: Vec::new() }
    }

    /// The desk for what a service does of its own accord, on the standing order of whoever owns the resource: expiry,
    /// lifecycle. The owner's order is its right; the resource's policy, written for others, has no say.
    ///
    /// Source: S3 User Guide, "Expiring objects": a bucket policy does not keep a lifecycle rule from acting.
    pub fn in_house(caller: &'r Caller, request: Arc<Context>, guardrails: &'r dyn Guardrails) -> Self {
        Self { resources: false, ..Self::new(caller, request, guardrails) }
    }

    /// Decides something for another caller, on whom the resources' policies have their say.
    pub(crate) fn aside<T>(
        &mut self,
        caller: Arc<Caller>,
        request: Arc<Context>,
        decide: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let (caller, guardrails) = (Who::Aside(caller), self.guardrails);
        let mut desk = Self { caller, request, guardrails, resources: true, checks: Vec::new() };
        let decided = decide(&mut desk);
        self.checks.append(&mut desk.checks);
        decided
    }

    /// Decides one need.
    ///
    /// # Errors
    /// The denial, with the whole evaluation.
    pub fn permit<A: Action>(&mut self, need: Need<A>) -> Result<Permit<'r, A>, Box<Denial>> {
        let Need { resource, context } = need;
        let (arn, owner) = (resource.arn(), resource.owner());
        let gate = resource.gate().filter(|_| self.resources).map(|gate| (gate, context.clone()));
        let context = self.context(&*resource, owner, context);
        let principal = &self.caller.caller().principal;
        let heard = self.resources.then_some(&*resource);
        let grant = heard.and_then(|resource| resource.grant(A::NAME, principal));
        let public = heard.and_then(|resource| resource.public_grant(A::NAME, principal));
        let says = Says {
            policy: heard.filter(|resource| resource.hears(A::NAME, principal)).and_then(A::Resource::policy),
            grant: grant.as_deref(),
            public_grant: public.as_deref(),
            // What has no say is not waited for either.
            model: if self.resources { resource.model() } else { Model::Standard },
        };
        let decided = self.decide(A::NAME, arn, owner, &context, says);
        decided.map_err(|denial| {
            Box::new(Denial { called: resource.called().unwrap_or(denial.called), ..*denial })
        })?;
        if let Some((gate, need)) = gate {
            self.pass::<A>(&gate, &*resource, need)?;
        }
        Ok(Permit::mint(resource))
    }

    /// Decides whether the action may come through a gate to its resource.
    fn pass<A: Action>(
        &mut self,
        gate: &Gate<'_>,
        resource: &A::Resource,
        need: Context,
    ) -> Result<(), Box<Denial>> {
        let context = self.context(resource, gate.owner, need);
        let says = Says { policy: gate.policy, grant: None, public_grant: None, model: Model::Standard };
        self.decide(A::NAME, gate.arn.clone(), gate.owner, &context, says)
    }

    fn decide(
        &mut self,
        action: &'static str,
        arn: String,
        owner: AccountId,
        context: &Context,
        says: Says<'_>,
    ) -> Result<(), Box<Denial>> {
        let rcps = self.guardrails.rcps(owner);
        let caller = self.caller.caller();
        let principal = &caller.principal;
        let request = Request { principal, action, resource: &arn, owner: Some(owner), context };
        let policies = Policies {
            scps: &caller.scps,
            rcps: &rcps,
            resource: says.policy,
            resource_grant: says.grant,
            public_grant: says.public_grant,
            identity: &caller.identity,
            boundary: caller.boundary.as_ref(),
            session: caller.session.as_deref(),
            endpoint: None,
        };
        let decision = evaluate(&request, &policies, says.model);
        let by = self.caller.aside();
        if decision.allowed {
            let by_list = matches!(decision.reason, Reason::AllowGrant { .. });
            self.checks.push(Check { action, resource: arn, owner, allowed: true, by_list, by });
            return Ok(());
        }
        let explanation = explain(&request, &policies, says.model);
        let denied = Check { action, resource: arn.clone(), owner, allowed: false, by_list: false, by };
        let (own, foreign) = (principal.account == Some(owner), self.is_foreign(owner));
        let denial = Box::new(Denial {
            principal: (!caller.is_anonymous()).then(|| principal.arn.clone()),
            principal_id: principal.user_id.clone(),
            federated: matches!(principal.kind, PrincipalKind::WebIdentity | PrincipalKind::Saml),
            action,
            called: arn.clone(),
            resource: arn,
            own,
            foreign,
            decision,
            explanation: serde_json::to_value(explanation).unwrap_or_default(),
        });
        self.checks.push(denied);
        Err(denial)
    }

    /// Every evaluation.
    pub fn into_checks(self) -> Vec<Check> {
        self.checks
    }

    /// The request's keys, the resource's and the need's own.
    fn context(&self, resource: &impl Resource, owner: AccountId, need: Context) -> Context {
        let mut context = Context::over(self.request.clone());
        context.set("aws:ResourceAccount", owner);
        if let Some(organization) = self.guardrails.organization(owner) {
            context.set("aws:ResourceOrgID", organization);
        }
        if let Some(path) = self.guardrails.organization_path(owner) {
            context.set("aws:ResourceOrgPaths", vec![path]);
        }
        if let Some(source) = self.source() {
            if let Some(organization) = self.guardrails.organization(source) {
                context.set("aws:SourceOrgID", organization);
            }
            if let Some(path) = self.guardrails.organization_path(source) {
                context.set("aws:SourceOrgPaths", vec![path]);
            }
        }
        resource.describe(&mut context);
        context.merge(need);
        context
    }

    /// Whose thing it is that a service works for under its own name.
    fn source(&self) -> Option<AccountId> {
        let caller = self.caller.caller();
        let service = caller.principal.kind == PrincipalKind::Service;
        let source = service.then(|| caller.context.get("aws:SourceAccount")).flatten();
        source?.single()?.parse().ok()
    }

    /// Whether the owner is outside of the caller's account and organisation.
    fn is_foreign(&self, owner: AccountId) -> bool {
        let Some(own) = self.caller.caller().principal.account else { return true };
        let organization = |account| self.guardrails.organization(account);
        own != owner && (organization(own).is_none() || organization(own) != organization(owner))
    }
}
