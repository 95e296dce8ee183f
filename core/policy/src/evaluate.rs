//! The decision: explicit denies first, then guardrails, then who may grant what.
//!
//! Sources: IAM User Guide, "How AWS enforcement code logic evaluates requests to allow or deny access",
//! "Policy evaluation for requests within a single account", "Cross-account policy evaluation logic"; KMS
//! Developer Guide, "Key policies"; Organizations User Guide, "SCP evaluation", "RCP evaluation".

use crate::{
    Attached, Decision, Effect, Layer, Model, Policies, Principal, PrincipalKind, Reason, Request,
    principal_element::Reach,
    resource::ResourceText,
    statement::{Question, Statement},
};

/// Decides a request.
pub fn evaluate(request: &Request<'_>, policies: &Policies<'_>, model: Model) -> Decision {
    let action = request.action.to_ascii_lowercase();
    let question = question(request, policies, &action);
    let asked = Asked { request, policies, model, question: &question };
    match asked.found() {
        Ok(found) => asked.decide(&found),
        Err(denied) => Decision { allowed: false, reason: denied.denial() },
    }
}

/// Prepares a request for its statements; `action` is the request's in lower case.
pub(crate) fn question<'a>(request: &Request<'a>, policies: &Policies<'_>, action: &'a str) -> Question<'a> {
    Question {
        principal: request.principal,
        action,
        resource: ResourceText::new(request.resource),
        context: request.context,
        bounded: policies.boundary.is_some() && is_identity(request.principal),
    }
}

/// Whether the principal is, or is a session of, a user or a role.
fn is_identity(principal: &Principal) -> bool {
    use PrincipalKind::{AssumedRole, FederatedUser, Role, User};
    matches!(principal.kind, User | Role | AssumedRole | FederatedUser)
}

/// The levels of service control policies that bear on a principal: they restrict accounts' own users and
/// roles, but no service and no service-linked role.
pub(crate) fn scps<'a>(policies: &Policies<'a>, principal: &Principal) -> &'a [Vec<Attached>] {
    let own = is_identity(principal) || principal.kind == PrincipalKind::Root;
    if own && !is_service_linked(principal) { policies.scps } else { &[] }
}

/// The levels of resource control policies that bear on a principal: all but service-linked roles.
pub(crate) fn rcps<'a>(policies: &Policies<'a>, principal: &Principal) -> &'a [Vec<Attached>] {
    if is_service_linked(principal) { &[] } else { policies.rcps }
}

fn is_service_linked(principal: &Principal) -> bool {
    let role = match principal.kind {
        PrincipalKind::Role => Some(principal.arn.as_str()),
        PrincipalKind::AssumedRole => principal.role_arn.as_deref(),
        _ => None,
    };
    let resource = role.and_then(|arn| arn.splitn(6, ':').nth(5));
    resource.is_some_and(|resource| resource.starts_with("role/aws-service-role/"))
}

impl Model {
    /// How a missing allow of the resource's own policy is called.
    pub(crate) fn resource_layer(self) -> Layer {
        if self == Self::Trust { Layer::Trust } else { Layer::Resource }
    }
}

/// A statement that decides, and where it stands.
#[derive(Debug, Clone, Copy)]
struct Cited<'a> {
    kind: Layer,
    attached: &'a Attached,
    index: usize,
    statement: &'a Statement,
}

impl Cited<'_> {
    fn denial(self) -> Reason {
        let Self { kind, attached, index: statement, .. } = self;
        Reason::ExplicitDeny { kind, policy: attached.name.clone(), sid: self.sid(), statement }
    }

    fn allowance(self) -> Reason {
        let Self { kind, attached, index: statement, .. } = self;
        Reason::Allow { kind, policy: attached.name.clone(), sid: self.sid(), statement }
    }

    fn sid(self) -> Option<String> {
        self.statement.sid.clone()
    }
}

type Allowed<'a> = Option<(Reach, Cited<'a>)>;

/// The allows that were found when nothing denies.
struct Found<'a> {
    /// The first guardrail or endpoint that does not allow.
    unguarded: Option<Layer>,
    resource: Allowed<'a>,
    identity: Allowed<'a>,
    boundary: bool,
    session: bool,
}

struct Asked<'a> {
    request: &'a Request<'a>,
    policies: &'a Policies<'a>,
    model: Model,
    question: &'a Question<'a>,
}

impl<'a> Asked<'a> {
    /// Looks through every policy; ends at the first statement that denies.
    fn found(&self) -> Result<Found<'a>, Cited<'a>> {
        let (principal, policies) = (self.request.principal, self.policies);
        let guarded_by_scps = self.levels(Layer::Scp, scps(policies, principal))?;
        let guarded_by_rcps = self.levels(Layer::Rcp, rcps(policies, principal))?;
        let resource = self.scan(self.model.resource_layer(), policies.resource.as_slice())?;
        let identity = self.scan(Layer::Identity, policies.identity)?;
        let boundary = self.scan(Layer::Boundary, policies.boundary.as_slice())?;
        let session = self.scan(Layer::Session, policies.session.unwrap_or_default())?;
        let endpoint = self.scan(Layer::Endpoint, policies.endpoint.as_slice())?;
        let missing = [
            (guarded_by_rcps, Layer::Rcp),
            (guarded_by_scps, Layer::Scp),
            (policies.endpoint.is_none() || endpoint.is_some(), Layer::Endpoint),
        ];
        Ok(Found {
            unguarded: missing.into_iter().find(|(guarded, _)| !guarded).map(|(_, layer)| layer),
            resource,
            identity,
            boundary: policies.boundary.is_none() || boundary.is_some(),
            session: policies.session.is_none() || session.is_some(),
        })
    }

    /// Whether every level allows.
    fn levels(&self, kind: Layer, levels: &'a [Vec<Attached>]) -> Result<bool, Cited<'a>> {
        let mut all = true;
        for level in levels {
            all &= self.scan(kind, level)?.is_some();
        }
        Ok(all)
    }

    /// The allow that reaches the principal most directly, or the first deny.
    fn scan<P>(&self, kind: Layer, policies: &'a [P]) -> Result<Allowed<'a>, Cited<'a>>
    where
        P: std::borrow::Borrow<Attached>,
    {
        let mut best: Allowed<'a> = None;
        for attached in policies.iter().map(std::borrow::Borrow::borrow) {
            for (index, statement) in attached.policy.statements().iter().enumerate() {
                let allows = statement.effect == Effect::Allow;
                if allows && best.is_some_and(|(reach, _)| reach == Reach::Direct) {
                    continue;
                }
                let Some(reach) = statement.applies(self.question) else { continue };
                let cited = Cited { kind, attached, index, statement };
                if !allows {
                    return Err(cited);
                }
                if best.is_none_or(|(known, _)| known < reach) {
                    best = Some((reach, cited));
                }
            }
        }
        Ok(best)
    }

    fn decide(&self, found: &Found<'a>) -> Decision {
        if let Some(layer) = found.unguarded {
            return Decision::implicit(layer);
        }
        match self.request.principal.kind {
            PrincipalKind::Anonymous => self
                .by_resource(found)
                .unwrap_or(Decision { allowed: false, reason: Reason::AnonymousDenied }),
            PrincipalKind::Service => self.by_resource(found).unwrap_or_else(|| self.no_resource()),
            PrincipalKind::WebIdentity | PrincipalKind::Saml => {
                found.resource.map_or_else(|| self.no_resource(), |(_, cited)| allow(cited.allowance()))
            }
            _ if self.within_account() => self.same_account(found),
            _ => self.cross_account(found),
        }
    }

    fn within_account(&self) -> bool {
        self.request.owner.is_none_or(|owner| self.request.principal.account == Some(owner))
    }

    fn no_resource(&self) -> Decision {
        Decision::implicit(self.model.resource_layer())
    }

    /// What the resource's side alone allows: its policy, or a grant beside it.
    fn by_resource(&self, found: &Found<'a>) -> Option<Decision> {
        if let Some((_, cited)) = found.resource {
            return Some(allow(cited.allowance()));
        }
        let grant = self.policies.resource_grant.filter(|_| self.model != Model::Trust);
        grant.map(granted).or_else(|| self.public())
    }

    /// What a grant to everybody allows.
    fn public(&self) -> Option<Decision> {
        self.policies.public_grant.filter(|_| self.model == Model::Standard).map(granted)
    }

    /// Either side suffices, but the resource's only for those it names themselves, be it by naming everybody;
    /// naming the account leaves it to the account's own policies.
    fn same_account(&self, found: &Found<'a>) -> Decision {
        if let Some((Reach::Direct, cited)) = found.resource {
            return allow(cited.allowance());
        }
        if let Some(decision) = self.public() {
            return decision;
        }
        if let Some(decision) = self.by_key_grant(found) {
            return decision;
        }
        let resource = match found.resource {
            Some((Reach::Entity, cited)) => match self.limit(found) {
                None => return allow(cited.allowance()),
                Some(layer) => return Decision::implicit(layer),
            },
            Some(_) => true,
            None => self.model == Model::Standard,
        };
        match self.own(found) {
            Err(layer) => Decision::implicit(layer),
            Ok(_) if !resource => self.no_resource(),
            Ok(reason) => allow(reason),
        }
    }

    /// A grant of a key suffices, whatever the key's policy leaves to the account; but it names a session's role or user,
    /// and what limits the session limits that.
    fn by_key_grant(&self, found: &Found<'a>) -> Option<Decision> {
        use PrincipalKind::{AssumedRole, FederatedUser};
        let grant = self.policies.resource_grant.filter(|_| self.model == Model::KeyPolicy)?;
        let session = matches!(self.request.principal.kind, AssumedRole | FederatedUser);
        let limited = session && self.limit(found).is_some();
        (!limited).then(|| granted(grant))
    }

    /// Both sides must allow.
    fn cross_account(&self, found: &Found<'a>) -> Decision {
        match self.own(found) {
            Err(layer) => Decision::implicit(layer),
            Ok(_) => self.by_resource(found).unwrap_or_else(|| self.no_resource()),
        }
    }

    /// What the principal's own account allows: its identity policies within boundary and session, or the
    /// root user's standing.
    fn own(&self, found: &Found<'a>) -> Result<Reason, Layer> {
        let principal = self.request.principal;
        let of_root = principal.kind == PrincipalKind::FederatedUser
            && principal.role_arn.as_deref().is_some_and(|arn| arn.ends_with(":root"));
        let reason = match found.identity {
            _ if principal.kind == PrincipalKind::Root => return Ok(Reason::AllowRoot),
            _ if of_root => Reason::AllowRoot,
            Some((_, cited)) => cited.allowance(),
            None => return Err(Layer::Identity),
        };
        self.limit(found).map_or(Ok(reason), Err)
    }

    /// The boundary or session that does not allow. A federated user's session allows nothing by itself.
    fn limit(&self, found: &Found<'a>) -> Option<Layer> {
        let unlimited =
            self.request.principal.kind == PrincipalKind::FederatedUser && self.policies.session.is_none();
        match (found.boundary, found.session && !unlimited) {
            (false, _) => Some(Layer::Boundary),
            (true, false) => Some(Layer::Session),
            (true, true) => None,
        }
    }
}

fn allow(reason: Reason) -> Decision {
    Decision { allowed: true, reason }
}

fn granted(grant: &str) -> Decision {
    allow(Reason::AllowGrant { grant: grant.to_owned() })
}
