//! Decisions where the resource belongs to another account, and where the resource's policy has rules of its
//! own: roles and KMS keys.
//!
//! Sources: IAM User Guide, "Cross-account policy evaluation logic", "How to use trust policies with IAM
//! roles"; KMS Developer Guide, "Key policies"; S3 User Guide, "How Amazon S3 authorizes a request".

use crate::world::*;
use kurodo_policy::{Kind, Model, PrincipalKind, PrincipalKind::*};

fn aws(arn: &str) -> String {
    format!(r#"{{"AWS":"{arn}"}}"#)
}

#[test]
fn both_accounts_must_allow() {
    for kind in [User, AssumedRole] {
        for named in [aws(ACCOUNT), aws(USER), aws(ROLE), aws(SESSION), aws("*"), "\"*\"".to_owned()] {
            let reaches = match kind {
                User => ![aws(ROLE), aws(SESSION)].contains(&named),
                _ => named != aws(USER),
            };
            let world = || World::new(kind).foreign().resource(&rule_for("Allow", &named));
            assert_eq!(world().verdict(), "missing Identity", "{kind:?} {named}");
            let verdict = if reaches { "allow Resource" } else { "missing Resource" };
            assert_eq!(world().identity(&rule("Allow")).verdict(), verdict, "{kind:?} {named}");
        }
        assert_eq!(World::new(kind).foreign().identity(&rule("Allow")).verdict(), "missing Resource");
    }
}

#[test]
fn limits_of_the_own_account_count_whomever_the_resource_names() {
    let world = || {
        World::new(AssumedRole).foreign().identity(&rule("Allow")).resource(&rule_for("Allow", &aws(SESSION)))
    };
    assert_eq!(world().boundary(ELSEWHERE).verdict(), "missing Boundary");
    assert_eq!(world().session(ELSEWHERE).verdict(), "missing Session");
    assert_eq!(world().scp(ELSEWHERE).verdict(), "missing Scp");
    assert_eq!(world().boundary(&rule("Allow")).session(&rule("Allow")).verdict(), "allow Resource");
}

#[test]
fn a_foreign_root_user_is_let_in_by_the_resource() {
    let root = || World::new(Root).foreign();
    assert_eq!(root().verdict(), "missing Resource");
    assert_eq!(root().resource(&rule_for("Allow", &aws(ACCOUNT))).verdict(), "allow Resource");
    assert_eq!(root().resource(&rule_for("Allow", &aws(OTHER))).verdict(), "missing Resource");
    assert_eq!(root().grant().verdict(), "grant");
}

#[test]
fn a_grant_lets_the_account_in_and_its_policies_decide() {
    assert_eq!(World::new(User).foreign().grant().verdict(), "missing Identity");
    assert_eq!(World::new(User).foreign().grant().identity(&rule("Allow")).verdict(), "grant");
}

#[test]
fn a_grant_to_everybody_needs_the_own_account_on_its_side() {
    assert_eq!(World::new(User).foreign().public().verdict(), "missing Identity");
    assert_eq!(World::new(User).foreign().public().identity(&rule("Allow")).verdict(), "grant");
    assert_eq!(World::new(Anonymous).foreign().public().verdict(), "grant");
}

#[test]
fn a_grant_to_everybody_opens_no_role_and_no_key() {
    assert_eq!(trust(User, &aws(OTHER)).public().identity(&may_assume()).verdict(), "missing Trust");
    assert_eq!(key(User, &aws(OTHER)).public().verdict(), "missing Identity");
}

fn assume(effect: &str, principal: &str) -> String {
    format!(r#"{{"Effect":"{effect}","Principal":{principal},"Action":"sts:AssumeRole*"}}"#)
}

fn may_assume() -> String {
    r#"{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}"#.to_owned()
}

fn trust(kind: PrincipalKind, principal: &str) -> World {
    let mut world = World::new(kind).model(Model::Trust);
    world.action = "sts:AssumeRole";
    world.resource = Some(attached("trust", Kind::Trust, &assume("Allow", principal)));
    world
}

#[test]
fn trust_is_always_needed() {
    let mut world = World::new(User).model(Model::Trust).identity(&may_assume());
    world.action = "sts:AssumeRole";
    assert_eq!(world.verdict(), "missing Trust");
    assert_eq!(trust(User, &aws(OTHER)).identity(&may_assume()).verdict(), "missing Trust");
    assert_eq!(trust(User, &aws(OTHER)).grant().identity(&may_assume()).verdict(), "missing Trust");
    assert_eq!(trust(Root, &aws(OTHER)).verdict(), "missing Trust");
}

#[test]
fn within_an_account_who_is_named_needs_no_more() {
    assert_eq!(trust(User, &aws(USER)).verdict(), "allow Trust");
    assert_eq!(trust(User, &aws("*")).verdict(), "allow Trust");
    assert_eq!(trust(AssumedRole, &aws(ROLE)).verdict(), "allow Trust");
    assert_eq!(trust(AssumedRole, &aws(ROLE)).boundary(ELSEWHERE).verdict(), "missing Boundary");
    assert_eq!(trust(User, &aws(ACCOUNT)).verdict(), "missing Identity");
    assert_eq!(trust(User, &aws(ACCOUNT)).identity(&may_assume()).verdict(), "allow Identity");
    assert_eq!(
        trust(User, &aws(USER)).identity(&may_assume().replace("Allow", "Deny")).verdict(),
        "deny Identity"
    );
    assert_eq!(trust(Root, &aws(ACCOUNT)).verdict(), "root");
}

#[test]
fn across_accounts_trust_and_identity_are_both_needed() {
    for named in [aws(USER), aws(ACCOUNT), aws("*")] {
        assert_eq!(trust(User, &named).foreign().verdict(), "missing Identity", "{named}");
        assert_eq!(trust(User, &named).foreign().identity(&may_assume()).verdict(), "allow Trust", "{named}");
    }
}

#[test]
fn services_and_federated_callers_are_trusted_by_name() {
    assert_eq!(trust(Service, r#"{"Service":"logs.amazonaws.com"}"#).verdict(), "allow Trust");
    assert_eq!(trust(Service, &aws(ACCOUNT)).verdict(), "missing Trust");
    assert_eq!(trust(WebIdentity, r#"{"Federated":"accounts.google.com"}"#).verdict(), "allow Trust");
    assert_eq!(trust(WebIdentity, r#"{"Federated":"www.amazon.com"}"#).verdict(), "missing Trust");
    assert_eq!(trust(WebIdentity, &aws("*")).verdict(), "missing Trust");
    // Guardrails speak of them, too.
    let trusted = || trust(WebIdentity, r#"{"Federated":"accounts.google.com"}"#);
    assert_eq!(trusted().rcp(&[FULL_RCP]).verdict(), "allow Trust");
    let deny = r#"{"Effect":"Deny","Principal":"*","Action":"sts:*","Resource":"*"}"#;
    assert_eq!(trusted().rcp(&[FULL_RCP, deny]).verdict(), "deny Rcp");
    let provider = r#"{"Federated":"arn:aws:iam::111122223333:saml-provider/Idp"}"#;
    assert_eq!(trust(Saml, provider).verdict(), "allow Trust");
    assert_eq!(trust(Anonymous, &aws(ACCOUNT)).verdict(), "anonymous");
}

#[test]
fn the_clause_names_the_trust_policy() {
    let decision = trust(Service, &aws(ACCOUNT)).decide();
    assert_eq!(
        decision.clause("sts:AssumeRole"),
        "because no role trust policy allows the sts:AssumeRole action"
    );
}

fn key(kind: PrincipalKind, principal: &str) -> World {
    let mut world = World::new(kind).model(Model::KeyPolicy);
    world.resource = Some(attached("key", Kind::KeyPolicy, &rule_for("Allow", principal)));
    world
}

#[test]
fn identity_policies_count_only_where_the_key_policy_lets_the_account_in() {
    assert_eq!(key(User, &aws(OTHER)).identity(&rule("Allow")).verdict(), "missing Resource");
    assert_eq!(key(User, &aws(ACCOUNT)).identity(&rule("Allow")).verdict(), "allow Identity");
    assert_eq!(key(User, &aws(ACCOUNT)).verdict(), "missing Identity");
    assert_eq!(key(User, &aws(USER)).verdict(), "allow Resource");
    assert_eq!(key(AssumedRole, &aws(ROLE)).verdict(), "allow Resource");
    assert_eq!(key(AssumedRole, &aws(ROLE)).session(ELSEWHERE).verdict(), "missing Session");
    assert_eq!(key(User, &aws(OTHER)).grant().verdict(), "grant");
}

#[test]
fn not_even_the_root_user_has_a_key_by_itself() {
    assert_eq!(key(Root, &aws(USER)).verdict(), "missing Resource");
    assert_eq!(key(Root, &aws(ACCOUNT)).verdict(), "root");
}

#[test]
fn foreign_keys_need_both_sides() {
    assert_eq!(key(User, &aws(ACCOUNT)).foreign().verdict(), "missing Identity");
    assert_eq!(key(User, &aws(USER)).foreign().identity(&rule("Allow")).verdict(), "allow Resource");
    assert_eq!(key(User, &aws(OTHER)).foreign().identity(&rule("Allow")).verdict(), "missing Resource");
}
