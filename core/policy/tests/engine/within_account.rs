//! Decisions where the principal and the resource belong to one account.
//!
//! Source: IAM User Guide, "Policy evaluation for requests within a single account".

use crate::world::*;
use kurodo_policy::{Kind, PrincipalKind::*};

fn aws(arn: &str) -> String {
    format!(r#"{{"AWS":"{arn}"}}"#)
}

#[test]
fn nothing_allows_by_itself_but_to_the_root_user() {
    for kind in [User, Role, AssumedRole] {
        assert_eq!(World::new(kind).verdict(), "missing Identity", "{kind:?}");
        assert_eq!(World::new(kind).identity(ELSEWHERE).verdict(), "missing Identity", "{kind:?}");
    }
    assert_eq!(World::new(Root).verdict(), "root");
    assert_eq!(World::new(Service).verdict(), "missing Resource");
    assert_eq!(World::new(Anonymous).verdict(), "anonymous");
}

#[test]
fn either_identity_or_resource_suffices() {
    for kind in [User, Role, AssumedRole] {
        assert_eq!(World::new(kind).identity(&rule("Allow")).verdict(), "allow Identity", "{kind:?}");
    }
    assert_eq!(World::new(User).resource(&rule_for("Allow", &aws(USER))).verdict(), "allow Resource");
    assert_eq!(World::new(AssumedRole).resource(&rule_for("Allow", &aws(ROLE))).verdict(), "allow Resource");
    assert_eq!(World::new(User).resource(&rule_for("Allow", "\"*\"")).verdict(), "allow Resource");
}

#[test]
fn naming_the_account_leaves_it_to_the_identity_policies() {
    for named in [aws(ACCOUNT), aws(ROOT), format!(r#"{{"CanonicalUser":"{}"}}"#, "c".repeat(64))] {
        for kind in [User, AssumedRole] {
            let world = World::new(kind).resource(&rule_for("Allow", &named));
            assert_eq!(world.verdict(), "missing Identity", "{named} {kind:?}");
            assert_eq!(world.identity(&rule("Allow")).verdict(), "allow Identity", "{named} {kind:?}");
        }
        assert_eq!(World::new(Root).resource(&rule_for("Allow", &named)).verdict(), "root");
    }
}

#[test]
fn boundary_and_session_limit_identity_policies() {
    let allowed = || World::new(AssumedRole).identity(&rule("Allow"));
    assert_eq!(allowed().boundary(ELSEWHERE).verdict(), "missing Boundary");
    assert_eq!(allowed().boundary(&rule("Allow")).verdict(), "allow Identity");
    assert_eq!(allowed().session(ELSEWHERE).verdict(), "missing Session");
    assert_eq!(allowed().session(ELSEWHERE).session(&rule("Allow")).verdict(), "allow Identity");
    assert_eq!(World::new(User).boundary(&rule("Allow")).verdict(), "missing Identity");
    assert_eq!(World::new(AssumedRole).session(&rule("Allow")).verdict(), "missing Identity");
}

/// AWS's table of resource policies against implicit denies elsewhere: rows by principal and by whom the
/// resource's policy names; columns: a boundary, a session policy, that do not allow.
#[test]
fn whom_the_resource_names_decides_which_limits_count() {
    for (kind, named, boundary, session) in [
        (User, aws(USER), "allow Resource", "allow Resource"),
        (User, aws("AIDABOBBOBBOBBOBBOBBO"), "allow Resource", "allow Resource"),
        (AssumedRole, aws(ROLE), "missing Boundary", "missing Session"),
        (AssumedRole, aws("AROAAPPAPPAPPAPPAPPAP"), "missing Boundary", "missing Session"),
        (AssumedRole, aws(SESSION), "allow Resource", "allow Resource"),
        (AssumedRole, "\"*\"".to_owned(), "allow Resource", "allow Resource"),
        (AssumedRole, aws("*"), "allow Resource", "allow Resource"),
        (AssumedRole, aws(ACCOUNT), "missing Identity", "missing Identity"),
        (FederatedUser, aws(FEDERATED), "allow Resource", "allow Resource"),
        (FederatedUser, aws(USER), "missing Boundary", "missing Session"),
        (FederatedUser, aws("AIDABOBBOBBOBBOBBOBBO"), "missing Boundary", "missing Session"),
        (Role, aws(ROLE), "missing Boundary", "missing Session"),
    ] {
        let world = || World::new(kind).resource(&rule_for("Allow", &named));
        let with_session = || if kind == FederatedUser { world().session(&rule("Allow")) } else { world() };
        assert_eq!(with_session().boundary(ELSEWHERE).verdict(), boundary, "{kind:?} {named}");
        assert_eq!(world().session(ELSEWHERE).verdict(), session, "{kind:?} {named}");
    }
}

#[test]
fn a_role_named_by_the_resource_needs_no_identity_policy_within_its_limits() {
    let world = World::new(AssumedRole).resource(&rule_for("Allow", &aws(ROLE)));
    assert_eq!(world.boundary(&rule("Allow")).session(&rule("Allow")).verdict(), "allow Resource");
}

#[test]
fn the_most_direct_allow_counts() {
    let both = format!("{},{}", rule_for("Allow", &aws(ROLE)), rule_for("Allow", &aws(SESSION)));
    assert_eq!(World::new(AssumedRole).resource(&both).boundary(ELSEWHERE).verdict(), "allow Resource");
}

#[test]
fn a_federated_user_can_do_nothing_without_a_session_policy() {
    let federated = || World::new(FederatedUser).identity(&rule("Allow"));
    assert_eq!(federated().verdict(), "missing Session");
    assert_eq!(federated().session(&rule("Allow")).verdict(), "allow Identity");
    assert_eq!(World::new(FederatedUser).session(&rule("Allow")).verdict(), "missing Identity");
    let named = World::new(FederatedUser).resource(&rule_for("Allow", &aws(USER)));
    assert_eq!(named.verdict(), "missing Session");
    let mut of_root = World::new(FederatedUser).session(&rule("Allow"));
    of_root.principal.role_arn = Some(ROOT.to_owned());
    assert_eq!(of_root.verdict(), "root");
    of_root.session = Some(vec![attached("s", Kind::Session, ELSEWHERE)]);
    assert_eq!(of_root.verdict(), "missing Session");
}

#[test]
fn a_deny_anywhere_wins() {
    let deny = rule("Deny");
    let world = || {
        World::new(AssumedRole).identity(&rule("Allow")).resource(&rule_for("Allow", &aws(SESSION))).grant()
    };
    assert_eq!(world().identity(&deny).verdict(), "deny Identity");
    assert_eq!(world().boundary(&format!("{},{deny}", rule("Allow"))).verdict(), "deny Boundary");
    assert_eq!(world().session(&deny).verdict(), "deny Session");
    assert_eq!(world().scp(&format!("{},{deny}", rule("Allow"))).verdict(), "deny Scp");
    assert_eq!(world().rcp(&[FULL_RCP, &rule_for("Deny", "\"*\"")]).verdict(), "deny Rcp");
    assert_eq!(world().endpoint(&deny).verdict(), "deny Endpoint");
    let both = format!("{},{}", rule_for("Allow", &aws(SESSION)), rule_for("Deny", &aws(ACCOUNT)));
    assert_eq!(world().resource(&both).verdict(), "deny Resource");
}

#[test]
fn a_deny_binds_the_root_user_too() {
    assert_eq!(World::new(Root).resource(&rule_for("Deny", &aws(ROOT))).verdict(), "deny Resource");
    assert_eq!(World::new(Root).scp(&rule("Deny")).verdict(), "deny Scp");
    assert_eq!(World::new(Root).rcp(&[FULL_RCP, &rule_for("Deny", "\"*\"")]).verdict(), "deny Rcp");
    assert_eq!(World::new(Root).endpoint(ELSEWHERE).verdict(), "missing Endpoint");
}

#[test]
fn every_level_of_guardrails_must_allow() {
    for kind in [User, AssumedRole, Root] {
        let world = || World::new(kind).identity(&rule("Allow"));
        let verdict = world().scp(&rule("Allow")).scp(&rule("Allow")).verdict();
        assert_eq!(verdict, if kind == Root { "root" } else { "allow Identity" });
        assert_eq!(world().scp(&rule("Allow")).scp(ELSEWHERE).verdict(), "missing Scp", "{kind:?}");
        assert_eq!(world().scp(ELSEWHERE).scp(&rule("Allow")).verdict(), "missing Scp", "{kind:?}");
        let no_full = [rule_for("Deny", "\"*\"").replace("GetObject", "PutObject")];
        assert_eq!(world().rcp(&[&no_full[0]]).verdict(), "missing Rcp", "{kind:?}");
        assert_eq!(world().rcp(&[FULL_RCP]).rcp(&[FULL_RCP, &no_full[0]]).verdict(), verdict);
    }
}

#[test]
fn guardrails_do_not_grant() {
    assert_eq!(World::new(User).scp(&rule("Allow")).rcp(&[FULL_RCP]).verdict(), "missing Identity");
    assert_eq!(World::new(User).endpoint(&rule("Allow")).verdict(), "missing Identity");
    let scp_against_resource = World::new(User).resource(&rule_for("Allow", &aws(USER))).scp(ELSEWHERE);
    assert_eq!(scp_against_resource.verdict(), "missing Scp");
}

#[test]
fn service_control_policies_bind_no_service_and_no_service_linked_role() {
    let service = World::new(Service)
        .scp(&rule("Deny"))
        .resource(&rule_for("Allow", r#"{"Service":"logs.amazonaws.com"}"#));
    assert_eq!(service.verdict(), "allow Resource");
    let mut linked = World::new(AssumedRole).identity(&rule("Allow")).scp(&rule("Deny"));
    linked = linked.rcp(&[FULL_RCP, &rule_for("Deny", "\"*\"")]);
    let role = "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX";
    linked.principal.role_arn = Some(role.to_owned());
    assert_eq!(linked.verdict(), "allow Identity");
    let pretender = "arn:aws:iam::111122223333:role/x/role/aws-service-role/y";
    linked.principal.role_arn = Some(pretender.to_owned());
    assert_eq!(linked.verdict(), "deny Scp");
}

#[test]
fn resource_control_policies_bind_services_and_the_anonymous() {
    let deny = rule_for("Deny", "\"*\"");
    let service = World::new(Service).resource(&rule_for("Allow", r#"{"Service":"logs.amazonaws.com"}"#));
    assert_eq!(service.rcp(&[FULL_RCP, &deny]).verdict(), "deny Rcp");
    let anonymous = World::new(Anonymous).resource(&rule_for("Allow", "\"*\""));
    assert_eq!(anonymous.rcp(&[FULL_RCP, &deny]).verdict(), "deny Rcp");
}

#[test]
fn services_and_the_anonymous_are_let_in_by_the_resource_alone() {
    let allow = |principal: &str| rule_for("Allow", principal);
    assert_eq!(World::new(Anonymous).resource(&allow("\"*\"")).verdict(), "allow Resource");
    assert_eq!(World::new(Anonymous).resource(&allow(&aws("*"))).verdict(), "allow Resource");
    assert_eq!(World::new(Anonymous).resource(&allow(&aws(ACCOUNT))).verdict(), "anonymous");
    assert_eq!(World::new(Anonymous).grant().verdict(), "grant");
    assert_eq!(World::new(Anonymous).identity(&rule("Allow")).verdict(), "anonymous");
    let logs = allow(r#"{"Service":["ec2.amazonaws.com","logs.amazonaws.com"]}"#);
    assert_eq!(World::new(Service).resource(&logs).verdict(), "allow Resource");
    let ec2 = allow(r#"{"Service":"ec2.amazonaws.com"}"#);
    assert_eq!(World::new(Service).resource(&ec2).verdict(), "missing Resource");
    assert_eq!(World::new(User).resource(&logs).verdict(), "missing Identity");
}

#[test]
fn a_grant_to_the_own_account_is_no_grant_to_its_users() {
    assert_eq!(World::new(User).grant().verdict(), "missing Identity");
    assert_eq!(World::new(User).grant().identity(&rule("Allow")).verdict(), "allow Identity");
}

/// As a resource's policy does that names `*`.
#[test]
fn a_grant_to_everybody_lets_the_own_users_in_too() {
    for kind in [User, Role, AssumedRole, FederatedUser, Anonymous] {
        assert_eq!(World::new(kind).public().verdict(), "grant", "{kind:?}");
        let limited = World::new(kind).public().boundary(ELSEWHERE).session(ELSEWHERE);
        let everybody = World::new(kind).resource(&rule_for("Allow", "\"*\""));
        let named = everybody.boundary(ELSEWHERE).session(ELSEWHERE).decide().allowed;
        assert_eq!(limited.decide().allowed, named, "{kind:?}");
    }
    assert_eq!(World::new(Root).public().verdict(), "grant");
}

#[test]
fn a_grant_to_everybody_yields_to_denies_and_guardrails() {
    let world = || World::new(User).public();
    let deny = rule("Deny");
    assert_eq!(world().identity(&deny).verdict(), "deny Identity");
    assert_eq!(world().boundary(&deny).verdict(), "deny Boundary");
    assert_eq!(world().session(&deny).verdict(), "deny Session");
    assert_eq!(world().resource(&rule_for("Deny", "\"*\"")).verdict(), "deny Resource");
    assert_eq!(world().scp(ELSEWHERE).verdict(), "missing Scp");
    assert_eq!(world().endpoint(ELSEWHERE).verdict(), "missing Endpoint");
    assert_eq!(world().rcp(&[FULL_RCP, &rule_for("Deny", "\"*\"")]).verdict(), "deny Rcp");
}

#[test]
fn not_principal_denies_all_but_the_named() {
    let deny = |values: &str| {
        let statement =
            rule_for("Deny", &format!(r#"{{"AWS":[{values}]}}"#)).replace("Principal", "NotPrincipal");
        World::new(User).identity(&rule("Allow")).resource(&statement)
    };
    assert_eq!(deny(&format!("\"{USER}\",\"{ROOT}\"")).verdict(), "allow Identity");
    assert_eq!(deny(&format!("\"{ROLE}\",\"{ROOT}\"")).verdict(), "deny Resource");
    assert_eq!(deny(&format!("\"{USER}\",\"{ROOT}\"")).boundary(&rule("Allow")).verdict(), "deny Resource");
}

#[test]
fn decisions_cite_their_statement() {
    let statements =
        format!(r#"{ELSEWHERE},{{"Sid":"Second","Effect":"Allow","Action":"s3:*","Resource":"*"}}"#);
    let decision = World::new(User).identity(ELSEWHERE).identity(&statements).decide();
    assert_eq!(
        format!("{:?}", decision.reason),
        r#"Allow { kind: Identity, policy: "identity", sid: Some("Second"), statement: 1 }"#
    );
}

#[test]
fn denials_speak_as_aws_does() {
    let clause = |world: World| world.decide().clause("s3:GetObject");
    assert_eq!(clause(World::new(User)), "because no identity-based policy allows the s3:GetObject action");
    let denied = World::new(User).identity(&rule("Deny"));
    assert_eq!(clause(denied), "with an explicit deny in an identity-based policy");
    assert_eq!(clause(World::new(Root)), "");
}
