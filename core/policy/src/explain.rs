//! A whole evaluation laid open: every policy and statement that was considered, and what each came to.

mod told;

use serde::{Deserialize, Serialize};

use crate::{
    Attached, Context, Decision, Effect, Layer, Model, Policies, Request, Span, Statement,
    condition::Condition,
    context::same_name,
    evaluate::{evaluate, question, rcps, scps},
    statement::Question,
};

/// A whole evaluation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Explanation {
    /// The outcome.
    pub decision: Decision,
    /// The outcome in AWS's words; empty when allowed.
    pub clause: String,
    /// The ARN or name of who asked; empty for anonymous callers.
    pub principal: String,
    /// The action that was asked for.
    pub action: String,
    /// The resource that was asked for.
    pub resource: String,
    /// Every policy that was considered, in the order of evaluation.
    pub policies: Vec<PolicyTrace>,
    /// A grant outside any policy that stood beside them, such as an ACL's.
    pub grant: Option<String>,
    /// Keys that statements for this action mention and the request does not have.
    pub missing_context: Vec<String>,
}

/// What one policy came to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PolicyTrace {
    /// The role that the policy plays.
    pub kind: Layer,
    /// For an organisation's policies, the level from the root, from 0.
    pub level: Option<usize>,
    /// The policy's name.
    pub policy: String,
    /// What its statements came to together: a deny before any allow, or nothing.
    pub effect: Option<Effect>,
    /// Its statements in order.
    pub statements: Vec<StatementTrace>,
}

/// What one statement came to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StatementTrace {
    /// The statement's place in the policy, from 0.
    pub statement: usize,
    /// The statement's id, if it has one.
    pub sid: Option<String>,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Where it stands in the policy's source.
    pub span: Span,
    /// Whether everything matched, so that its effect counts.
    pub matched: bool,
    /// Whether the action matched.
    pub action: bool,
    /// Whether the resource matched.
    pub resource: bool,
    /// Whether the principal matched; true also where the policy knows no principal.
    pub principal: bool,
    /// What its conditions came to.
    pub conditions: Vec<ConditionTrace>,
}

/// What one condition came to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConditionTrace {
    /// The operator as written.
    pub operator: String,
    /// The key as written.
    pub key: String,
    /// The policy's values as written.
    pub expected: Vec<String>,
    /// The request's values; `None` when the request does not have the key.
    pub found: Option<Vec<String>>,
    /// Whether the condition held.
    pub holds: bool,
}

impl Explanation {
    /// The statements whose effect counted, with their policies.
    pub fn matched(&self) -> impl Iterator<Item = (&PolicyTrace, &StatementTrace)> {
        self.policies.iter().flat_map(|policy| {
            let matched = policy.statements.iter().filter(|statement| statement.matched);
            matched.map(move |statement| (policy, statement))
        })
    }
}

/// Decides a request and tells how.
pub fn explain(request: &Request<'_>, policies: &Policies<'_>, model: Model) -> Explanation {
    let action = request.action.to_ascii_lowercase();
    let question = question(request, policies, &action);
    let considered = considered(request, policies, model);
    let decision = evaluate(request, policies, model);
    Explanation {
        clause: decision.clause(request.action),
        decision,
        principal: request.principal.arn.clone(),
        action: request.action.to_owned(),
        resource: request.resource.to_owned(),
        missing_context: missing(&considered, &question),
        policies: considered.iter().map(|entry| policy(entry, &question)).collect(),
        grant: policies.resource_grant.or(policies.public_grant).map(str::to_owned),
    }
}

type Entry<'a> = (Layer, Option<usize>, &'a Attached);

fn considered<'a>(request: &Request<'_>, policies: &Policies<'a>, model: Model) -> Vec<Entry<'a>> {
    let levels = |kind, levels: &'a [Vec<Attached>]| {
        let numbered = levels.iter().enumerate();
        numbered.flat_map(move |(level, list)| list.iter().map(move |attached| (kind, Some(level), attached)))
    };
    let of = |kind, list: &'a [Attached]| list.iter().map(move |attached| (kind, None, attached));
    let one = |kind, attached: Option<&'a Attached>| attached.into_iter().map(move |a| (kind, None, a));
    levels(Layer::Scp, scps(policies, request.principal))
        .chain(levels(Layer::Rcp, rcps(policies, request.principal)))
        .chain(one(model.resource_layer(), policies.resource))
        .chain(of(Layer::Identity, policies.identity))
        .chain(one(Layer::Boundary, policies.boundary))
        .chain(of(Layer::Session, policies.session.unwrap_or_default()))
        .chain(one(Layer::Endpoint, policies.endpoint))
        .collect()
}

fn policy((kind, level, attached): &Entry<'_>, question: &Question<'_>) -> PolicyTrace {
    let statements = attached.policy.statements().iter().enumerate();
    let statements: Vec<_> = statements.map(|(index, s)| statement(index, s, question)).collect();
    let matched = |effect| statements.iter().any(|s: &StatementTrace| s.matched && s.effect == effect);
    let effect = [Effect::Deny, Effect::Allow].into_iter().find(|&effect| matched(effect));
    PolicyTrace { kind: *kind, level: *level, policy: attached.name.clone(), effect, statements }
}

fn statement(index: usize, statement: &Statement, question: &Question<'_>) -> StatementTrace {
    StatementTrace {
        statement: index,
        sid: statement.sid.clone(),
        effect: statement.effect,
        span: statement.span,
        matched: statement.applies(question).is_some(),
        action: statement.matches_action(question),
        resource: statement.matches_resource(question),
        principal: statement.reach(question).is_some(),
        conditions: statement.conditions.iter().map(|c| condition(c, question.context)).collect(),
    }
}

fn condition(condition: &Condition, context: &Context) -> ConditionTrace {
    ConditionTrace {
        operator: condition.name.to_string(),
        key: condition.key.to_string(),
        expected: condition.values.iter().map(ToString::to_string).collect(),
        found: context.get(&condition.key).map(|values| values.iter().map(str::to_owned).collect()),
        holds: condition.holds(context),
    }
}

fn missing(considered: &[Entry<'_>], question: &Question<'_>) -> Vec<String> {
    let statements = considered.iter().flat_map(|(_, _, attached)| attached.policy.statements());
    let concerned = statements.filter(|statement| statement.matches_action(question));
    let mut keys: Vec<String> = Vec::new();
    for key in concerned.flat_map(Statement::keys) {
        let known = keys.iter().any(|known| same_name(known, key));
        if !known && question.context.get(key).is_none() {
            keys.push(key.to_owned());
        }
    }
    keys.sort();
    keys
}
