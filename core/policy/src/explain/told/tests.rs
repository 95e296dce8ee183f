use std::sync::Arc;

use crate::{Attached, Context, Kind, Model, Policies, Policy, Principal, PrincipalKind, Request, explain};

const BOB: &str = "arn:aws:iam::111122223333:user/bob";

fn attached(name: &str, kind: Kind, statements: &str) -> Attached {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    Attached { name: name.to_owned(), policy: Arc::new(Policy::parse(&text, kind).unwrap()) }
}

fn told(policies: &Policies<'_>, context: &Context) -> String {
    let account = "111122223333".parse().unwrap();
    let principal = Principal {
        kind: PrincipalKind::User,
        account: Some(account),
        arn: BOB.to_owned(),
        role_arn: None,
        federated_by: None,
        canonical_id: None,
        federated: None,
        user_id: None,
    };
    let request = Request {
        principal: &principal,
        action: "s3:GetObject",
        resource: "arn:aws:s3:::b/k",
        owner: Some(account),
        context,
    };
    explain(&request, policies, Model::Standard).to_string()
}

const ALLOW: &str = r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#;

#[test]
fn without_any_policy_a_statement_that_would_do_is_shown() {
    assert_eq!(
        told(&Policies::default(), &Context::new()),
        r#"s3:GetObject on arn:aws:s3:::b/k

What was looked at:
  no policy at all: nothing is attached that could allow it

What would let it pass:
  An identity-based policy of the caller, or of its groups, that says:
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/k"}
"#
    );
}

#[test]
fn conditions_that_do_not_hold_are_shown_with_what_the_request_has() {
    let statement = r#"{"Sid":"team","Effect":"Allow","Action":"s3:Get*","Resource":"*",
        "Condition":{"StringEquals":{"aws:PrincipalTag/team":["a","b"],"aws:RequestedRegion":"eu-west-1"}}}"#;
    let other = r#"{"Effect":"Allow","Action":"s3:Put*","Resource":"*"}"#;
    let elsewhere = r#"{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::c/*"}"#;
    let identity = [attached("user/bob/p", Kind::Identity, &[other, statement, elsewhere].join(","))];
    let mut context = Context::new();
    context.set("aws:RequestedRegion", "us-east-1");
    let text = told(&Policies { identity: &identity, ..Policies::default() }, &context);
    let (_, looked_at) = text.split_once("What was looked at:\n").unwrap();
    assert_eq!(
        looked_at,
        r#"  identity-based policies
    user/bob/p: does not allow it
      statement 2 "team" (Allow, line 1): does not apply: conditions do not hold
        StringEquals aws:PrincipalTag/team "a" or "b": does NOT hold; the request does not have this key
        StringEquals aws:RequestedRegion "eu-west-1": does NOT hold; the request has "us-east-1"
      statement 3 (Allow, line 2): is about other resources
      statement 1: is about other actions

What would let it pass:
  statement 2 "team" of user/bob/p would allow it if its conditions held: see above.
  An identity-based policy of the caller, or of its groups, that says:
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/k"}
"#
    );
}

#[test]
fn a_deny_is_named_with_its_statement() {
    let deny = r#"{"Sid":"no","Effect":"Deny","Action":"s3:*","Resource":"*"}"#;
    let identity =
        [attached("user/bob/p", Kind::Identity, ALLOW), attached("group/g/q", Kind::Identity, deny)];
    let text = told(&Policies { identity: &identity, ..Policies::default() }, &Context::new());
    assert!(text.contains("    user/bob/p: allows it\n"), "{text}");
    assert!(
        text.contains("    group/g/q: DENIES it\n      statement 1 \"no\" (Deny, line 1): applies\n"),
        "{text}"
    );
    assert!(
        text.contains("  statement 1 \"no\" of the identity-based policy group/g/q denies it.\n"),
        "{text}"
    );
}

#[test]
fn what_limits_the_caller_is_named() {
    let identity = [attached("user/bob/p", Kind::Identity, ALLOW)];
    let other = r#"{"Effect":"Allow","Action":"ec2:*","Resource":"*"}"#;
    let boundary = attached("arn:aws:iam::111122223333:policy/b", Kind::Boundary, other);
    let bounded = Policies { identity: &identity, boundary: Some(&boundary), ..Policies::default() };
    let text = told(&bounded, &Context::new());
    assert!(
        text.contains("  permissions boundary\n    arn:aws:iam::111122223333:policy/b: does not"),
        "{text}"
    );
    assert!(text.ends_with("has to allow it too: it limits what other policies allow.\n"), "{text}");
    let session = [attached("session", Kind::Session, other)];
    let limited = Policies { identity: &identity, session: Some(&session), ..Policies::default() };
    assert!(told(&limited, &Context::new()).contains("a new session whose policies allow it"));
    let scps =
        [vec![attached("FullAWSAccess", Kind::Scp, ALLOW)], vec![attached("EC2Only", Kind::Scp, other)]];
    let text = told(&Policies { identity: &identity, scps: &scps, ..Policies::default() }, &Context::new());
    assert!(text.contains("    level 0, FullAWSAccess: allows it\n"), "{text}");
    assert!(
        text.contains("    level 1, EC2Only: does not allow it\n      statement 1: is about other"),
        "{text}"
    );
    assert!(text.contains("A service control policy that allows it, at every level"), "{text}");
}
