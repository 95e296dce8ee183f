//! The engine and the naive evaluator agree on random small worlds.

use std::sync::Arc;

use kurodo_policy::{
    Attached, Context, Effect, Kind, Model, Policies, Policy, Principal, PrincipalKind, Reason, Request,
    Values, evaluate, explain,
};
use proptest::{prelude::*, sample::select, test_runner::Config};
use serde_json::{Map, Value, json};

use crate::{
    naive::{Answer, Documents, answer},
    world::{ACCOUNT, FEDERATED, OTHER, ROLE, ROOT, SESSION, USER, account, principal},
};

const ACTIONS: [&str; 8] =
    ["s3:GetObject", "s3:Get*", "s3:*", "*", "s3:PutObject", "S3:getobject", "s3:?et*ject", "iam:*"];
const RESOURCES: [&str; 9] = [
    "*",
    "arn:aws:s3:::b/k",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::*/${aws:username}",
    "arn:aws:s3:::${aws:PrincipalTag/team, 'b'}/*",
    "arn:aws:s3:::b/?",
    "arn:*:s3:::b*k",
    "arn:aws:sqs:*:*:q",
    "arn:aws:s3:::b/${*}",
];
const ASKED: [&str; 5] = [
    "arn:aws:s3:::b/k",
    "arn:aws:s3:::b/bob",
    "*",
    "arn:aws:sqs:eu-west-1:111122223333:q",
    "arn:aws:s3:::b/*",
];

fn one_or_more(values: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let list = prop::collection::vec(select(values), 1..3);
    prop_oneof![select(values).prop_map(|v| json!(v)), list.prop_map(|v| json!(v))]
}

fn condition() -> impl Strategy<Value = (String, String, Value)> {
    let texts = one_or_more(&[
        "bob",
        "B*",
        "b?b",
        "${aws:username}",
        "${aws:missing}",
        "",
        "${aws:missing, 'bob'}",
        "red",
    ]);
    let string = (
        select(vec!["", "ForAllValues:", "ForAnyValue:"]),
        select(vec![
            "StringEquals",
            "StringNotEquals",
            "StringLike",
            "StringNotLike",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
        ]),
        select(vec!["", "IfExists"]),
        select(vec!["aws:username", "aws:TagKeys", "AWS:principaltag/TEAM", "aws:missing"]),
        texts,
    );
    let plain = |operators: &'static [&'static str], key: &'static str, values: &'static [&'static str]| {
        let operator = (select(operators), select(vec!["", "IfExists"])).prop_map(|(a, b)| format!("{a}{b}"));
        (operator, Just(key.to_owned()), one_or_more(values))
    };
    prop_oneof![
        4 => string.prop_map(|(set, base, exists, key, values)| (format!("{set}{base}{exists}"), key.to_owned(), values)),
        1 => plain(&["Bool"], "aws:SecureTransport", &["true", "false", "TRUE"]),
        1 => plain(&["IpAddress", "NotIpAddress"], "aws:SourceIp", &["10.0.0.0/8", "10.1.2.3", "192.0.2.0/24"]),
        1 => plain(&["NumericLessThan", "NumericEquals", "NumericNotEquals", "NumericGreaterThanEquals"], "s3:max-keys", &["10", "10.0", "9", "-1"]),
        1 => plain(&["DateLessThan", "DateGreaterThanEquals", "DateNotEquals", "DateEquals"], "aws:CurrentTime", &["1970-01-02", "86400", "1970-01-03T00:00:00Z"]),
        1 => plain(&["ArnLike", "ArnNotEquals"], "aws:SourceArn", &["arn:aws:sns:*:1:t*", "*", "arn:aws:sns:*", "${aws:SourceArn}", "arn:aws:sns:r:${aws:username}:t"]),
        1 => (Just("Null".to_owned()), select(vec!["aws:username".to_owned(), "aws:TagKeys".to_owned()]), one_or_more(&["true", "false"])),
    ]
}

fn conditions() -> impl Strategy<Value = Value> {
    prop::collection::vec(condition(), 0..3).prop_map(|conditions| {
        let mut block = Map::new();
        for (operator, key, values) in conditions {
            let keys = block.entry(operator).or_insert_with(|| json!({}));
            if let Value::Object(keys) = keys {
                keys.insert(key, values);
            }
        }
        Value::Object(block)
    })
}

const PRINCIPALS: [&str; 12] = [
    "*",
    ACCOUNT,
    OTHER,
    ROOT,
    USER,
    ROLE,
    SESSION,
    FEDERATED,
    "AIDABOBBOBBOBBOBBOBBO",
    "AROAAPPAPPAPPAPPAPPAP",
    "arn:aws:iam::111122223333:user/eve",
    "arn:aws:iam::444455556666:root",
];

/// Whom a kind of policy can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Names {
    Nobody,
    Principals,
    /// Also by canonical user id, as only S3's policies do.
    Canonical,
}

fn principal_element(names: Names) -> impl Strategy<Value = Value> {
    let canonical = "c".repeat(64);
    let aws = prop::collection::vec(select(&PRINCIPALS[..]), 1..4);
    prop_oneof![
        1 => Just(json!("*")),
        6 => aws.prop_map(|values| json!({ "AWS": values })),
        1 => select(vec!["logs.amazonaws.com", "ec2.amazonaws.com"]).prop_map(|host| json!({ "Service": host, "AWS": OTHER })),
        1 => select(vec!["accounts.google.com", "arn:aws:iam::111122223333:saml-provider/Idp"]).prop_map(|p| json!({ "Federated": p })),
        u32::from(names == Names::Canonical) => Just(json!({ "CanonicalUser": canonical })),
    ]
}

/// Statements for a kind of policy: with a principal or without.
fn statement(names: Names) -> impl Strategy<Value = Value> {
    let parts = (
        prop::bool::weighted(0.8),
        prop::bool::weighted(0.15),
        prop::bool::weighted(0.15),
        one_or_more(&ACTIONS),
        one_or_more(&RESOURCES),
        conditions(),
        principal_element(names),
        prop::bool::weighted(0.3),
    );
    parts.prop_map(
        move |(allow, not_action, not_resource, actions, resources, conditions, principal, not_principal)| {
            let mut statement = json!({ "Effect": if allow { "Allow" } else { "Deny" } });
            statement[if not_action { "NotAction" } else { "Action" }] = actions;
            statement[if not_resource { "NotResource" } else { "Resource" }] = resources;
            statement["Condition"] = conditions;
            if names != Names::Nobody {
                let negated = not_principal && !allow;
                statement[if negated { "NotPrincipal" } else { "Principal" }] = principal;
            }
            statement
        },
    )
}

fn document(names: Names) -> impl Strategy<Value = Value> {
    let version = prop_oneof![9 => Just("2012-10-17"), 1 => Just("2008-10-17")];
    (version, prop::collection::vec(statement(names), 1..4))
        .prop_map(|(version, statements)| json!({ "Version": version, "Statement": statements }))
}

fn guardrail() -> impl Strategy<Value = Value> {
    let full = json!({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]});
    let own = document(Names::Nobody).prop_map(|mut document| {
        document["Version"] = json!("2012-10-17");
        document
    });
    prop_oneof![2 => Just(full), 1 => own]
}

fn documents() -> impl Strategy<Value = Documents> {
    let levels = || prop::collection::vec(prop::collection::vec(guardrail(), 1..3), 0..3);
    let single = |names| prop::option::weighted(0.3, document(names));
    let parts = (
        levels(),
        prop::option::weighted(0.7, document(Names::Canonical)),
        (any::<bool>(), prop::bool::weighted(0.2)),
        prop::collection::vec(document(Names::Nobody), 0..3),
        single(Names::Nobody),
        prop::option::weighted(0.3, prop::collection::vec(document(Names::Nobody), 1..3)),
        single(Names::Principals),
        prop::bool::weighted(0.2),
    );
    parts.prop_map(|(scps, resource, (grant, public), identity, boundary, session, endpoint, rcp)| {
        let full = json!({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]});
        let deny = json!({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*",
            "Condition":{"Bool":{"aws:SecureTransport":"false"}}}]});
        let rcps = if rcp { vec![vec![full.clone(), deny.clone()], vec![full]] } else { Vec::new() };
        Documents { scps, rcps, resource, grant, public, identity, boundary, session, endpoint }
    })
}

fn context() -> impl Strategy<Value = Context> {
    let optional = |key: &'static str, values: &'static [&'static str]| {
        prop::option::of(select(values)).prop_map(move |value| (key, value.map(Values::from)))
    };
    let tags = prop::option::of(prop::collection::vec(select(vec!["bob", "red", "", "Bob"]), 0..3));
    let tags = tags.prop_map(|tags| {
        ("AWS:tagkeys", tags.map(|tags| Values::Many(tags.into_iter().map(str::to_owned).collect())))
    });
    let keys = (
        optional("aws:username", &["bob", "BOB", "*", ""]),
        optional("aws:PrincipalTag/Team", &["b", "red"]),
        tags,
        optional("aws:SecureTransport", &["true", "false"]),
        optional("aws:SourceIp", &["10.1.2.3", "192.0.2.9", "x"]),
        optional("s3:max-keys", &["10", "11", "x"]),
        optional("aws:CurrentTime", &["1970-01-02T00:00:00Z", "86401", "1970-01-01"]),
        optional("aws:SourceArn", &["arn:aws:sns:r:1:topic", "arn:aws:sns:r:2:t", "x"]),
    );
    keys.prop_map(|keys| {
        let mut context = Context::new();
        let (a, b, c, d, e, f, g, h) = keys;
        for (key, values) in [a, b, c, d, e, f, g, h] {
            if let Some(values) = values {
                context.set(key, values);
            }
        }
        context
    })
}

fn who() -> impl Strategy<Value = Principal> {
    use PrincipalKind as K;
    let kinds = vec![
        K::Root,
        K::User,
        K::User,
        K::Role,
        K::AssumedRole,
        K::AssumedRole,
        K::FederatedUser,
        K::Service,
        K::WebIdentity,
        K::Saml,
        K::Anonymous,
    ];
    (select(kinds), prop::bool::weighted(0.1)).prop_map(|(kind, linked)| {
        let mut principal = principal(kind);
        if linked && kind == K::AssumedRole {
            principal.role_arn = Some("arn:aws:iam::111122223333:role/aws-service-role/x.y/Z".to_owned());
        }
        if linked && kind == K::FederatedUser {
            principal.role_arn = Some(ROOT.to_owned());
        }
        principal
    })
}

fn compiled(document: &Value, kind: Kind) -> Attached {
    let text = document.to_string();
    let policy = Policy::parse(&text, kind).unwrap_or_else(|error| panic!("{error}: {text}"));
    Attached { name: format!("{kind:?}"), policy: Arc::new(policy) }
}

fn all(documents: &[Value], kind: Kind) -> Vec<Attached> {
    documents.iter().map(|document| compiled(document, kind)).collect()
}

proptest! {
    #![proptest_config(Config { cases: 4000, ..Config::default() })]

    #[test]
    fn the_engine_agrees_with_the_naive_evaluator(
        principal in who(),
        resource in select(&ASKED[..]),
        owner in select(vec![None, Some(ACCOUNT), Some(ACCOUNT), Some(OTHER)]),
        model in select(vec![Model::Standard, Model::Standard, Model::Trust, Model::KeyPolicy]),
        documents in documents(),
        context in context(),
    ) {
        let request = Request {
            principal: &principal,
            action: "s3:GetObject",
            resource,
            owner: owner.map(account),
            context: &context,
        };
        let levels = |levels: &[Vec<Value>], kind| levels.iter().map(|level| all(level, kind)).collect::<Vec<_>>();
        let (scps, rcps) = (levels(&documents.scps, Kind::Scp), levels(&documents.rcps, Kind::Rcp));
        let one = |document: &Option<Value>, kind| document.as_ref().map(|document| compiled(document, kind));
        let resource_policy = one(&documents.resource, Kind::Resource);
        let (boundary, endpoint) = (one(&documents.boundary, Kind::Boundary), one(&documents.endpoint, Kind::Endpoint));
        let identity = all(&documents.identity, Kind::Identity);
        let session = documents.session.as_ref().map(|session| all(session, Kind::Session));
        let policies = Policies {
            scps: &scps,
            rcps: &rcps,
            resource: resource_policy.as_ref(),
            resource_grant: documents.grant.then_some("ACL"),
            public_grant: documents.public.then_some("ACL of all"),
            identity: &identity,
            boundary: boundary.as_ref(),
            session: session.as_deref(),
            endpoint: endpoint.as_ref(),
        };
        let decision = evaluate(&request, &policies, model);
        let ours = match &decision.reason {
            _ if decision.allowed => Answer::Allow,
            Reason::ExplicitDeny { .. } => Answer::ExplicitDeny,
            _ => Answer::ImplicitDeny,
        };
        prop_assert_eq!(ours, answer(&request, &documents, model));

        let explanation = explain(&request, &policies, model);
        prop_assert_eq!(&explanation.decision, &decision);
        let denies = explanation.matched().any(|(_, statement)| statement.effect == Effect::Deny);
        prop_assert_eq!(denies, ours == Answer::ExplicitDeny);
    }
}
