//! A second evaluator, slow and literal: each function restates a paragraph of AWS's documentation over plain
//! JSON. It shares nothing with the engine but the request's types.

mod conditions;
mod text;

use kurodo_policy::{Model, Principal, PrincipalKind as Kind, Request};
use serde_json::Value;

/// Everything that bears on a request, as documents.
#[derive(Debug, Clone, Default)]
pub(crate) struct Documents {
    pub(crate) scps: Vec<Vec<Value>>,
    pub(crate) rcps: Vec<Vec<Value>>,
    pub(crate) resource: Option<Value>,
    pub(crate) grant: bool,
    pub(crate) public: bool,
    pub(crate) identity: Vec<Value>,
    pub(crate) boundary: Option<Value>,
    pub(crate) session: Option<Vec<Value>>,
    pub(crate) endpoint: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    ExplicitDeny,
    ImplicitDeny,
    Allow,
}

/// How a statement names the principal: "Resource-based policies that grant permissions to .."
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    /// .. everyone, the user, the session, the service.
    Itself,
    /// .. the role of a session, the user of a federated session.
    Behind,
    /// .. the account.
    Account,
}

struct Asked<'a> {
    request: &'a Request<'a>,
    has_boundary: bool,
}

pub(crate) fn answer(request: &Request<'_>, documents: &Documents, model: Model) -> Answer {
    let mut documents = documents.clone();
    let principal = request.principal;
    let linked = principal.role_arn.as_deref().is_some_and(|arn| arn.contains(":role/aws-service-role/"));
    let has_account = principal.account.is_some();
    if linked {
        documents.rcps.clear();
    }
    if linked || !has_account {
        documents.scps.clear();
    }
    let asked = Asked {
        request,
        has_boundary: documents.boundary.is_some() && has_account && principal.kind != Kind::Root,
    };
    if asked.any_deny(&documents) {
        return Answer::ExplicitDeny;
    }
    let guarded = documents.scps.iter().chain(&documents.rcps).all(|level| asked.allows(level))
        && documents.endpoint.iter().all(|endpoint| asked.allows(std::slice::from_ref(endpoint)));
    if guarded && asked.granted(&documents, model) { Answer::Allow } else { Answer::ImplicitDeny }
}

impl Asked<'_> {
    fn any_deny(&self, documents: &Documents) -> bool {
        let levels = documents.scps.iter().chain(&documents.rcps).flatten();
        let single = documents.resource.iter().chain(&documents.boundary).chain(&documents.endpoint);
        let session = documents.session.iter().flatten();
        let mut all = levels.chain(single).chain(session).chain(&documents.identity);
        all.any(|document| !self.applicable(document, "Deny").is_empty())
    }

    fn allows(&self, documents: &[Value]) -> bool {
        documents.iter().any(|document| !self.applicable_to(document, "Allow", true).is_empty())
    }

    /// The statements of this effect that apply, by how they name the principal.
    fn applicable(&self, document: &Value, effect: &str) -> Vec<Named> {
        self.applicable_to(document, effect, false)
    }

    /// Everyone whom an organisation or an endpoint speaks of is whoever asks; others mean principals of AWS.
    fn applicable_to(&self, document: &Value, effect: &str, whoever: bool) -> Vec<Named> {
        let version = document["Version"].as_str() == Some("2012-10-17");
        let statements = document["Statement"].as_array().unwrap();
        let ours = statements.iter().filter(|statement| statement["Effect"] == effect);
        ours.flat_map(|statement| self.applies(statement, version, whoever)).collect()
    }

    fn applies(&self, statement: &Value, variables: bool, whoever: bool) -> Option<Named> {
        let request = self.request;
        let action = |text: &str| text::like(&text.to_lowercase(), &request.action.to_lowercase());
        let resource = |text: &str| text::resource(text, request.resource, request.context, variables);
        let acted = element(statement, "Action", "NotAction", action)?;
        let located = element(statement, "Resource", "NotResource", resource).unwrap_or(true);
        let named = self.named(statement, whoever)?;
        let met = conditions::met(&statement["Condition"], request.context, variables);
        (acted && located && met).then_some(named)
    }

    fn named(&self, statement: &Value, whoever: bool) -> Option<Named> {
        let allow = statement["Effect"] == "Allow";
        if let Some(excepted) = statement.get("NotPrincipal") {
            let mut chain = self.chain();
            if self.request.principal.kind == Kind::FederatedUser {
                chain.remove(1);
            }
            let all_of_it = chain.iter().all(|part| self.lists(excepted, part));
            let anonymous = chain.is_empty();
            let everyone = self.lists(excepted, "*");
            let spared = !self.has_boundary && (everyone || (all_of_it && !anonymous));
            return (!spared).then_some(Named::Itself);
        }
        let Some(element) = statement.get("Principal") else { return Some(Named::Itself) };
        let foreign = matches!(self.request.principal.kind, Kind::WebIdentity | Kind::Saml);
        if self.lists(element, "*") && (whoever || !(foreign && allow)) {
            return Some(Named::Itself);
        }
        let chain = self.chain();
        let reversed = chain.iter().enumerate().rev();
        let found = reversed.filter(|(_, part)| self.lists(element, part)).map(|(at, _)| at).next()?;
        let last = found + 1 == chain.len();
        let is_root = self.request.principal.kind == Kind::Root;
        match chain.len() {
            _ if is_root => Some(Named::Account),
            1 => Some(Named::Itself),
            _ if found == 0 => Some(Named::Account),
            _ if last && self.request.principal.kind != Kind::Role => Some(Named::Itself),
            _ => Some(Named::Behind),
        }
    }

    /// "AWS might validate the account first, then the role, and then the assumed-role user."
    fn chain(&self) -> Vec<String> {
        let principal = self.request.principal;
        let account = principal.account.map(|account| account.to_string());
        let behind = principal.role_arn.clone();
        match principal.kind {
            Kind::Root => account.into_iter().collect(),
            Kind::User | Kind::Role => account.into_iter().chain([principal.arn.clone()]).collect(),
            Kind::AssumedRole | Kind::FederatedUser => {
                account.into_iter().chain(behind).chain([principal.arn.clone()]).collect()
            }
            Kind::Service => vec![principal.arn.clone()],
            Kind::WebIdentity | Kind::Saml => principal.federated.iter().cloned().collect(),
            Kind::Anonymous => Vec::new(),
        }
    }

    fn lists(&self, element: &Value, part: &str) -> bool {
        let listed = |value: &Value| {
            strings(value).iter().any(|text| same_principal(text, part, self.request.principal))
        };
        match element {
            Value::Object(map) => map.values().any(listed),
            other => listed(other),
        }
    }

    /// "Within the same account ..", "For cross-account requests ..", and the rules of trust and key policies.
    fn granted(&self, documents: &Documents, model: Model) -> bool {
        let principal = self.request.principal;
        let named =
            documents.resource.as_ref().map(|policy| self.applicable(policy, "Allow")).unwrap_or_default();
        let (itself, behind) = (named.contains(&Named::Itself), named.contains(&Named::Behind));
        let public = documents.public && model == Model::Standard;
        let grant = (documents.grant && model != Model::Trust) || public;
        let boundary = documents.boundary.iter().all(|policy| self.allows(std::slice::from_ref(policy)));
        let session_allows = match &documents.session {
            Some(policies) => self.allows(policies),
            None => principal.kind != Kind::FederatedUser,
        };
        let of_root = principal.kind == Kind::Root
            || (principal.kind == Kind::FederatedUser
                && principal.role_arn.as_deref().is_some_and(|arn| arn.ends_with(":root")));
        let identity = of_root || self.allows(&documents.identity);
        let own = identity && ((boundary && session_allows) || principal.kind == Kind::Root);
        let by_resource = !named.is_empty();
        match principal.kind {
            Kind::Anonymous | Kind::Service => by_resource || grant,
            Kind::WebIdentity | Kind::Saml => by_resource,
            _ if self.request.owner.is_some_and(|owner| Some(owner) != principal.account) => {
                own && (by_resource || grant)
            }
            _ if itself || public => true,
            _ if behind => boundary && session_allows,
            _ => match model {
                Model::Standard => own,
                Model::Trust => own && by_resource,
                Model::KeyPolicy => {
                    let session = matches!(principal.kind, Kind::AssumedRole | Kind::FederatedUser);
                    (own && by_resource) || (grant && (!session || (boundary && session_allows)))
                }
            },
        }
    }
}

fn same_principal(text: &str, part: &str, principal: &Principal) -> bool {
    let is_account = principal.account.is_some_and(|account| account.to_string() == part);
    let root = format!("arn:aws:iam::{part}:root");
    let canonical = principal.canonical_id.as_deref() == Some(text);
    let unique = match principal.kind {
        Kind::User if part == principal.arn => principal.user_id.as_deref() == Some(text),
        Kind::AssumedRole if principal.role_arn.as_deref() == Some(part) => {
            principal.user_id.as_deref().is_some_and(|id| id.starts_with(&format!("{text}:")))
        }
        Kind::Role if part == principal.arn => principal.user_id.as_deref() == Some(text),
        Kind::FederatedUser if principal.role_arn.as_deref() == Some(part) => {
            principal.federated_by.as_deref() == Some(text)
        }
        _ => false,
    };
    text == part || (is_account && (text == root || canonical)) || unique
}

/// Whether an element of a statement, or its negation, admits the request; `None` where neither is there.
fn element(statement: &Value, plain: &str, negated: &str, matches: impl Fn(&str) -> bool) -> Option<bool> {
    let any = |value: &Value| strings(value).iter().any(|text| matches(text));
    match (statement.get(plain), statement.get(negated)) {
        (Some(value), _) => Some(any(value)),
        (None, Some(value)) => Some(!any(value)),
        (None, None) => None,
    }
}

/// A string, number or boolean, or a list of them, as strings.
fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(strings).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}
