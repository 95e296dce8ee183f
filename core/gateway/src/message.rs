//! The encoded authorization message of a denial, for `sts:DecodeAuthorizationMessage`.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kurodo_authz::Denial;
use serde_json::{Value, json};

use crate::Gateway;

/// Longest message that fits a header field once it is sealed.
const LIMIT: usize = 6 * 1024;

/// What the sealed text is, as authenticated data.
const MESSAGE: &[u8] = b"authorization-message";

/// The message, sealed; none where it is too long for a header field, even without the whole evaluation.
pub(crate) fn encoded(gateway: &Gateway, denial: &Denial) -> Option<String> {
    let text = |content: &Value| serde_json::to_vec(content).ok().filter(|text| text.len() <= LIMIT);
    let whole = content(denial);
    let sealed = match text(&whole) {
        Some(text) => text,
        None => text(&shortened(whole))?,
    };
    gateway.messages.seal_random(MESSAGE, &sealed).ok().map(|sealed| URL_SAFE_NO_PAD.encode(sealed))
}

/// In the form that AWS gives, with two members more: the reason in words, and the whole evaluation.
///
/// Source: AWS STS API Reference, `DecodeAuthorizationMessage`.
fn content(denial: &Denial) -> Value {
    let evaluation = told(denial);
    let denying = denying(&evaluation);
    let principal = denial.principal.as_deref().map(|arn| {
        let name = arn.rsplit(['/', ':']).next().unwrap_or_default();
        json!({ "id": denial.principal_id, "name": name, "arn": arn })
    });
    json!({
        "allowed": false,
        "explicitDeny": !denying.is_empty(),
        "matchedStatements": { "items": denying },
        "failures": { "items": [] },
        "context": {
            "principal": principal,
            "action": denial.action,
            "resource": denial.resource,
            "conditions": { "items": conditions(&evaluation) },
        },
        "reason": denial.clause(),
        "evaluation": evaluation,
    })
}

/// The evaluation, as the account whose principal was denied may read it: what another account wrote into its
/// resource's policies is that account's.
fn told(denial: &Denial) -> Value {
    let mut evaluation = denial.explanation.clone();
    if denial.own {
        return evaluation;
    }
    let of_the_owner =
        |policy: &Value| ["resource", "trust", "rcp"].iter().any(|kind| policy["kind"] == *kind);
    if let Some(policies) = evaluation.get_mut("policies").and_then(Value::as_array_mut) {
        policies.retain(|policy| !of_the_owner(policy));
    }
    if let Some(members) = evaluation.as_object_mut() {
        members.remove("missing_context");
        members.remove("grant");
    }
    evaluation
}

fn shortened(mut content: Value) -> Value {
    if let Some(members) = content.as_object_mut() {
        members.remove("evaluation");
    }
    content
}

fn items<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// The statements that deny, with the policies that they stand in.
fn denying(evaluation: &Value) -> Vec<Value> {
    let statements = items(evaluation, "policies")
        .flat_map(|policy| items(policy, "statements").map(move |statement| (policy, statement)));
    let denies = |statement: &Value| statement["matched"] == true && statement["effect"] == "Deny";
    let shown = |(policy, statement): (&Value, &Value)| {
        json!({
            "statementId": statement["sid"],
            "effect": "DENY",
            "policy": policy["policy"],
            "policyType": policy["kind"],
            "statement": statement["statement"],
        })
    };
    statements.filter(|(_, statement)| denies(statement)).map(shown).collect()
}

/// The condition keys that policies asked for and the request had, each once.
fn conditions(evaluation: &Value) -> Vec<Value> {
    let mut shown: Vec<Value> = Vec::new();
    let statements = items(evaluation, "policies").flat_map(|policy| items(policy, "statements"));
    for condition in statements.flat_map(|statement| items(statement, "conditions")) {
        let values: Vec<Value> = items(condition, "found").map(|value| json!({ "value": value })).collect();
        let item = json!({ "key": condition["key"], "values": { "items": values } });
        if !condition["found"].is_null() && !shown.contains(&item) {
            shown.push(item);
        }
    }
    shown
}
