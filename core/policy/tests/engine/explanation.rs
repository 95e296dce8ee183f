//! What `kurodo why` and the simulators read.

use kurodo_policy::{Effect, Layer, PrincipalKind::*, explain};

use crate::world::*;

const CONDITIONED: &str = r#"{"Sid":"Team","Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::b/${aws:username}",
    "Condition":{"StringEquals":{"aws:PrincipalTag/team":["red","blue"]},"Bool":{"aws:SecureTransport":"true"}}}"#;

#[test]
fn every_policy_and_statement_is_told_of() {
    let mut world = World::new(User).identity(CONDITIONED).scp(&rule("Allow")).boundary(ELSEWHERE);
    world.context.set("aws:PrincipalTag/Team", "green");
    let told = world.with(|request, policies| explain(request, policies, world.model));
    assert_eq!(told.clause, "because no identity-based policy allows the s3:GetObject action");
    let kinds: Vec<_> = told.policies.iter().map(|p| (p.kind, p.level, p.effect)).collect();
    assert_eq!(
        kinds,
        [
            (Layer::Scp, Some(0), Some(Effect::Allow)),
            (Layer::Identity, None, None),
            (Layer::Boundary, None, None)
        ]
    );
    let statement = &told.policies[1].statements[0];
    assert!(statement.action && statement.principal && !statement.resource && !statement.matched);
    assert_eq!(statement.sid.as_deref(), Some("Team"));
    let tag = &statement.conditions[0];
    assert_eq!((tag.operator.as_str(), tag.key.as_str()), ("StringEquals", "aws:PrincipalTag/team"));
    assert_eq!(tag.expected, ["red", "blue"]);
    assert_eq!(tag.found.as_deref(), Some(&["green".to_owned()][..]));
    assert!(!tag.holds);
    assert_eq!(statement.conditions[1].found, None);
    assert_eq!(told.missing_context, ["aws:SecureTransport", "aws:username"]);
}

#[test]
fn matched_statements_have_their_places() {
    let world = World::new(User).identity(&format!("{ELSEWHERE},\n  {}", rule("Allow")));
    let told = world.with(|request, policies| explain(request, policies, world.model));
    let matched: Vec<_> = told.matched().map(|(p, s)| (p.policy.as_str(), s.statement, s.span)).collect();
    let [(policy, 1, span)] = matched[..] else { panic!("{matched:?}") };
    assert_eq!((policy, span.start.line, span.start.column), ("identity", 2, 3));
}

#[test]
fn the_whole_is_plain_json() {
    let world = World::new(AssumedRole).identity(&rule("Deny")).grant();
    let told = world.with(|request, policies| explain(request, policies, world.model));
    let json = serde_json::to_value(&told).unwrap();
    assert_eq!(json["decision"]["allowed"], false);
    assert_eq!(json["decision"]["reason"]["reason"], "explicit-deny");
    assert_eq!(json["decision"]["reason"]["kind"], "identity");
    assert_eq!(json["policies"][0]["statements"][0]["span"]["start"]["line"], 1);
    assert_eq!(json["grant"], "ACL: READ");
}
