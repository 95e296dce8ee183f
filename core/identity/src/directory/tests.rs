use kurodo_arn::Region;
use kurodo_authz::Guardrails;
use kurodo_policy::{PrincipalKind, Values};

use super::*;
use crate::{
    Attachments, ManagedPolicy, OrgPolicy, OrgPolicyKind, PolicyVersion, ReadRecords, Subject, Tag,
    fixture::{Fixture, allow},
    org_scope,
    session::Parent,
};

fn names(policies: &[Attached]) -> Vec<&str> {
    policies.iter().map(|policy| policy.name.as_str()).collect()
}

fn value<'c>(caller: &'c Caller, key: &str) -> Option<&'c str> {
    caller.context.get(key).and_then(Values::single)
}

#[tokio::test]
async fn the_root_key_leads_to_the_root_user() {
    let world = Fixture::new().await;
    let credential = world.directory.credential(&world.root.access_key_id, None, 5).unwrap();
    assert_eq!(credential.secret.expose(), world.root.secret.expose());
    assert_eq!(credential.expires, None);
    let caller = &credential.caller;
    assert_eq!(caller.principal.kind, PrincipalKind::Root);
    assert_eq!(caller.principal.arn, format!("arn:aws:iam::{}:root", world.account));
    assert_eq!(value(caller, "aws:userid"), Some(world.account.to_string().as_str()));
    assert!(caller.scps.is_empty(), "nothing limits the management account");
}

#[tokio::test]
async fn keys_that_do_not_exist_or_sleep_lead_nowhere() {
    let world = Fixture::new().await;
    let unknown = id::access_key(world.account).unwrap();
    let elsewhere = id::access_key(AccountId::new(7).unwrap()).unwrap();
    for key in ["", "AKIA", "AKIAIOSFODNN7EXAMPLE", unknown.as_str(), elsewhere.as_str()] {
        assert_eq!(world.caller(key, None).unwrap_err(), CredentialError::Unknown, "{key}");
    }
    let (_, mut key) = world.user("bob", |_| {}).await;
    assert!(world.caller(&key.id, None).is_ok());
    assert_eq!(world.caller(&key.id, Some("token")).unwrap_err(), CredentialError::Token);
    key.active = false;
    world.save(&keys::access_key(&key.id), &key).await;
    assert_eq!(world.caller(&key.id, None).unwrap_err(), CredentialError::Unknown);
}

#[tokio::test]
async fn a_user_has_its_own_policies_and_its_groups() {
    let world = Fixture::new().await;
    let managed = ManagedPolicy {
        name: "Shared".to_owned(),
        id: "ANPA".to_owned(),
        path: "/team/".to_owned(),
        created: 1,
        updated: 1,
        description: None,
        tags: Vec::new(),
        versions: vec![
            PolicyVersion { number: 1, document: allow("s3:GetObject"), created: 1 },
            PolicyVersion { number: 2, document: allow("s3:PutObject"), created: 1 },
        ],
        default: 2,
        latest: 2,
    };
    let arn = managed.arn(world.account);
    world.save(&keys::policy("shared"), &managed).await;
    let group = world
        .group("Devs", |group| {
            group.inline.insert("G".to_owned(), allow("s3:ListBucket"));
            group.attached.push(arn.clone());
        })
        .await;
    let (_, key) = world
        .user("bob", |user| {
            user.inline.insert("P".to_owned(), allow("iam:GetUser"));
            user.attached.push(arn.clone());
            user.groups.push(group.id.clone());
            user.boundary = Some(arn.clone());
            user.tags.push(Tag { key: "Team".to_owned(), value: "blue".to_owned() });
        })
        .await;
    let caller = world.caller(&key.id, None).unwrap();
    assert_eq!(
        names(&caller.identity),
        ["inline:user/bob/P", arn.as_str(), "inline:group/Devs/G", arn.as_str()]
    );
    assert_eq!(caller.identity[1].policy.source(), allow("s3:PutObject"), "the default version counts");
    assert!(Arc::ptr_eq(&caller.identity[1].policy, &caller.identity[3].policy));
    assert_eq!(caller.boundary.as_ref().unwrap().name, arn);
    assert_eq!(value(&caller, "aws:username"), Some("bob"));
    assert_eq!(value(&caller, "aws:principaltag/team"), Some("blue"));
    assert_eq!(value(&caller, "aws:PrincipalType"), Some("User"));
    assert_eq!(value(&caller, "aws:TokenIssueTime"), None);
    assert_eq!(value(&caller, "aws:MultiFactorAuthPresent"), None);
}

#[tokio::test]
async fn what_cannot_be_read_closes_the_door() {
    let world = Fixture::new().await;
    let (_, key) = world.user("a", |user| user.attached.push("arn:aws:iam::aws:policy/None".into())).await;
    assert_eq!(world.caller(&key.id, None).unwrap_err(), CredentialError::Unavailable);
    let (_, key) = world.user("b", |user| drop(user.inline.insert("P".into(), "{".into()))).await;
    assert_eq!(world.caller(&key.id, None).unwrap_err(), CredentialError::Unavailable);
}

#[tokio::test]
async fn changes_are_seen_at_once_and_nothing_is_loaded_twice() {
    let world = Fixture::new().await;
    let (mut user, key) = world.user("bob", |_| {}).await;
    let before = world.caller(&key.id, None).unwrap();
    assert!(Arc::ptr_eq(&before, &world.caller(&key.id, None).unwrap()));
    world.directory.used(&key.id, "s3", &"eu-west-1".parse::<Region>().unwrap(), 50);
    world.directory.record_uses().await.unwrap();
    assert!(Arc::ptr_eq(&before, &world.caller(&key.id, None).unwrap()), "noting a use changes nothing");

    user.inline.insert("P".to_owned(), allow("s3:*"));
    world.save(&keys::user("bob"), &user).await;
    assert_eq!(names(&world.caller(&key.id, None).unwrap().identity), ["inline:user/bob/P"]);
    world.delete(&keys::access_key(&key.id)).await;
    assert_eq!(world.caller(&key.id, None).unwrap_err(), CredentialError::Unknown);
}

#[tokio::test]
async fn a_session_acts_as_its_role() {
    let world = Fixture::new().await;
    let role = world
        .role("Deploy", |role| {
            role.inline.insert("R".to_owned(), allow("s3:*"));
            role.tags.push(Tag { key: "team".to_owned(), value: "role".to_owned() });
            role.tags.push(Tag { key: "kept".to_owned(), value: "yes".to_owned() });
        })
        .await;
    let subject = Subject::Role { id: role.id.clone(), name: "ci".to_owned() };
    let (key, token) = world.session(subject, |session| {
        session.policy = Some(allow("s3:GetObject"));
        session.tags.push(Tag { key: "Team".to_owned(), value: "session".to_owned() });
        session.source_identity = Some("alice".to_owned());
    });
    let caller = world.caller(&key, Some(&token)).unwrap();
    assert_eq!(caller.principal.kind, PrincipalKind::AssumedRole);
    assert_eq!(caller.principal.arn, format!("arn:aws:sts::{}:assumed-role/Deploy/ci", world.account));
    let role_arn = format!("arn:aws:iam::{}:role/app/Deploy", world.account);
    assert_eq!(caller.principal.role_arn.as_deref(), Some(role_arn.as_str()));
    assert_eq!(value(&caller, "aws:PrincipalArn"), Some(role_arn.as_str()));
    assert_eq!(value(&caller, "aws:userid"), Some(format!("{}:ci", role.id).as_str()));
    assert_eq!(value(&caller, "aws:TokenIssueTime"), Some("1970-01-01T00:00:00Z"));
    assert_eq!(value(&caller, "aws:MultiFactorAuthPresent"), Some("false"));
    assert_eq!(value(&caller, "aws:PrincipalTag/team"), Some("session"));
    assert_eq!(value(&caller, "aws:PrincipalTag/kept"), Some("yes"));
    assert_eq!(value(&caller, "aws:SourceIdentity"), Some("alice"));
    assert_eq!(value(&caller, "aws:username"), None);
    assert_eq!(names(&caller.identity), ["inline:role/Deploy/R"]);
    assert_eq!(names(caller.session.as_ref().unwrap()), ["inline:session"]);
}

#[tokio::test]
async fn a_session_ends_to_the_second_and_with_its_role() {
    let world = Fixture::new().await;
    let role = world.role("Deploy", |_| {}).await;
    let subject = Subject::Role { id: role.id.clone(), name: "ci".to_owned() };
    let (key, token) = world.session(subject.clone(), |_| {});
    let at = |now| world.directory.credential(&key, Some(&token), now).map(drop);
    assert_eq!(at(3599), Ok(()));
    assert_eq!(at(3600), Err(CredentialError::Expired));
    assert_eq!(at(3599), Ok(()), "time is the caller's");

    let (other, _) = world.session(subject, |_| {});
    assert_eq!(world.caller(&other, Some(&token)).unwrap_err(), CredentialError::Token);
    assert_eq!(world.caller(&key, None).unwrap_err(), CredentialError::Token);
    assert_eq!(world.caller(&key, Some("")).unwrap_err(), CredentialError::Token);

    world.delete(&keys::entity(&role.id)).await;
    world.role("Deploy", |_| {}).await;
    assert_eq!(at(100), Err(CredentialError::Unknown), "a role made anew is another role");
}

#[tokio::test]
async fn a_session_token_lives_no_longer_than_its_key() {
    let world = Fixture::new().await;
    let (user, mut parent) = world.user("bob", |user| drop(user.inline.insert("P".into(), allow("*")))).await;
    let by = Parent { user: Some(user.id.clone()), key: parent.id.clone() };
    let (key, token) = world.session(Subject::Same(by.clone()), |_| {});
    let (shown_key, shown) = world.session(Subject::Same(by), |session| session.mfa = Some(40));

    let caller = world.caller(&key, Some(&token)).unwrap();
    assert_eq!(caller.principal.kind, PrincipalKind::User);
    assert_eq!(value(&caller, "aws:username"), Some("bob"));
    assert_eq!(value(&caller, "aws:MultiFactorAuthPresent"), Some("false"));
    assert_eq!(value(&caller, "aws:MultiFactorAuthAge"), None);
    assert_eq!(caller.session.as_ref().unwrap().len(), 2);

    let caller = world.caller(&shown_key, Some(&shown)).unwrap();
    assert_eq!(value(&caller, "aws:MultiFactorAuthPresent"), Some("true"));
    assert_eq!(value(&caller, "aws:MultiFactorAuthAge"), Some("60"));
    assert_eq!(caller.session.as_ref().unwrap().len(), 1, "with a code, IAM is open");

    parent.active = false;
    world.save(&keys::access_key(&parent.id), &parent).await;
    assert_eq!(world.caller(&key, Some(&token)).unwrap_err(), CredentialError::Unknown);
    parent.active = true;
    world.save(&keys::access_key(&parent.id), &parent).await;
    assert!(world.caller(&key, Some(&token)).is_ok());
    world.delete(&keys::entity(&user.id)).await;
    assert_eq!(world.caller(&key, Some(&token)).unwrap_err(), CredentialError::Unknown);
}

#[tokio::test]
async fn a_federated_user_has_what_caller_and_session_both_allow() {
    let world = Fixture::new().await;
    let (user, parent) = world.user("bob", |user| drop(user.inline.insert("P".into(), allow("s3:*")))).await;
    let by = Parent { user: Some(user.id.clone()), key: parent.id.clone() };
    let subject = Subject::Federated { name: "eve".to_owned(), by };
    let (key, token) = world.session(subject, |session| session.policy = Some(allow("s3:GetObject")));
    let caller = world.caller(&key, Some(&token)).unwrap();
    assert_eq!(caller.principal.kind, PrincipalKind::FederatedUser);
    assert_eq!(caller.principal.arn, format!("arn:aws:sts::{}:federated-user/eve", world.account));
    assert_eq!(caller.principal.role_arn.as_deref(), Some(user.arn(world.account).as_str()));
    assert_eq!(value(&caller, "aws:userid"), Some(format!("{}:eve", world.account).as_str()));
    assert_eq!(names(&caller.identity), ["inline:user/bob/P"]);
    assert_eq!(names(caller.session.as_ref().unwrap()), ["inline:session", "aws:temporary-credentials"]);
}

#[tokio::test]
async fn a_member_account_is_limited_level_by_level() {
    let world = Fixture::new().await;
    let member = world.member_root().await;
    let full = "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess";
    let caller = world.caller(&member.access_key_id, None).unwrap();
    let levels: Vec<_> = caller.scps.iter().map(|level| names(level)).collect();
    assert_eq!(levels, [[full], [full]], "the root and the account");
    assert!(world.directory.rcps(member.account).is_empty(), "the type is not enabled");

    let scope = org_scope();
    let key = keys::organization().below(&scope);
    let mut organization = world.door.read().record(&key).unwrap().unwrap().value;
    organization.enabled.push(OrgPolicyKind::Rcp);
    world.put(&key, &organization).await;
    let unit = crate::OrganizationalUnit {
        id: "ou-1".to_owned(),
        name: "u".to_owned(),
        parent: organization.root.clone(),
        created: 1,
        tags: Vec::new(),
    };
    world.put(&keys::unit("ou-1").below(&scope), &unit).await;
    let policy = OrgPolicy {
        id: "p-1".to_owned(),
        name: "mine".to_owned(),
        description: String::new(),
        kind: OrgPolicyKind::Scp,
        content: allow("s3:*"),
        created: 1,
        tags: Vec::new(),
    };
    world.put(&keys::org_policies().exactly("p-1").below(&scope), &policy).await;
    let closed = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}}"#;
    let rcp = OrgPolicy {
        id: "p-2".to_owned(),
        kind: OrgPolicyKind::Rcp,
        content: closed.to_owned(),
        ..policy.clone()
    };
    world.put(&keys::org_policies().exactly("p-2").below(&scope), &rcp).await;
    let attached = Attachments { policies: vec!["p-1".to_owned(), "p-2".to_owned()] };
    world.put(&keys::attachments().exactly("ou-1").below(&scope), &attached).await;
    let key = keys::member(member.account).below(&scope);
    let mut place = world.door.read().record(&key).unwrap().unwrap().value;
    place.parent = "ou-1".to_owned();
    world.put(&key, &place).await;

    let caller = world.caller(&member.access_key_id, None).unwrap();
    let mine = policy.arn(&organization);
    let levels: Vec<_> = caller.scps.iter().map(|level| names(level)).collect();
    assert_eq!(levels, [vec![full], vec![mine.as_str()], vec![full]]);
    let rcps = world.directory.rcps(member.account);
    let levels: Vec<_> = rcps.iter().map(|level| level.len()).collect();
    assert_eq!(levels, [1, 2, 1], "RCPFullAWSAccess is everywhere");
    assert_eq!(world.directory.rcps(world.account).len(), 0, "the management account has none");
    let path = format!("{}/{}/ou-1/", organization.id, organization.root);
    assert_eq!(caller.context.get("aws:PrincipalOrgPaths"), Some(&Values::Many(vec![path.clone()])));
    assert_eq!(world.directory.organization(member.account).as_deref(), Some(organization.id.as_str()));
    assert_eq!(world.directory.organization_path(member.account).as_deref(), Some(path.as_str()));
    assert_eq!(world.directory.organization_path("000000000042".parse().unwrap()), None);
}

#[tokio::test]
async fn a_member_s_root_user_is_limited_and_the_management_account_s_is_not() {
    let world = Fixture::new().await;
    let member = world.member_root().await;
    let scope = org_scope();
    let organization = world.door.read().record(&keys::organization().below(&scope)).unwrap().unwrap().value;
    let denied =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"iam:ListUsers","Resource":"*"}}"#;
    let policy = OrgPolicy {
        id: "p-1".to_owned(),
        name: "mine".to_owned(),
        description: String::new(),
        kind: OrgPolicyKind::Scp,
        content: denied.to_owned(),
        created: 1,
        tags: Vec::new(),
    };
    world.put(&keys::org_policies().exactly("p-1").below(&scope), &policy).await;
    let attached = Attachments { policies: vec!["p-FullAWSAccess".to_owned(), "p-1".to_owned()] };
    world.put(&keys::attachments().exactly(&organization.root).below(&scope), &attached).await;

    let decide = |key: &str, action: &str| {
        let caller = world.caller(key, None).unwrap();
        let request = kurodo_policy::Request {
            principal: &caller.principal,
            action,
            resource: "*",
            owner: caller.principal.account,
            context: &caller.context,
        };
        let policies = kurodo_policy::Policies { scps: &caller.scps, ..Default::default() };
        kurodo_policy::evaluate(&request, &policies, kurodo_policy::Model::Standard)
    };
    let decision = decide(&member.access_key_id, "iam:ListUsers");
    assert!(!decision.allowed);
    assert_eq!(decision.clause("iam:ListUsers"), "with an explicit deny in a service control policy");
    assert!(decide(&member.access_key_id, "iam:ListRoles").allowed);
    assert!(decide(&world.root.access_key_id, "iam:ListUsers").allowed);
}

#[tokio::test]
async fn guardrails_that_cannot_be_read_let_nothing_through() {
    let world = Fixture::new().await;
    let member = world.member_root().await;
    let key = keys::member(member.account).below(&org_scope());
    let mut place = world.door.read().record(&key).unwrap().unwrap().value;
    place.parent = "ou-lost".to_owned();
    world.put(&key, &place).await;
    assert_eq!(world.caller(&member.access_key_id, None).unwrap_err(), CredentialError::Unavailable);
    let rcps = world.directory.rcps(member.account);
    assert!(rcps.len() == 1 && rcps[0].is_empty(), "a level that allows nothing");
}

#[tokio::test]
async fn a_one_time_code_is_taken_once_and_from_its_holder() {
    let world = Fixture::new().await;
    let (mut user, key) = world.user("bob", |_| {}).await;
    let (_, other) = world.user("eve", |_| {}).await;
    let device = crate::VirtualMfa {
        name: "phone".to_owned(),
        path: "/".to_owned(),
        seed: crate::Secret::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".to_owned()),
        created: 1,
        enabled: Some(crate::MfaUse { holder: crate::MfaHolder::User(user.id.clone()), since: 1 }),
        tags: Vec::new(),
    };
    let serial = device.serial(world.account);
    user.mfa.push(serial.clone());
    world.save(&keys::mfa_device("phone"), &device).await;
    let bob = world.caller(&key.id, None).unwrap();
    let eve = world.caller(&other.id, None).unwrap();
    // RFC 6238, appendix B: the code at 59 seconds.
    let shown = async |caller: &Caller, code: &str| {
        world.directory.show_code(caller, &serial, code, 59).await.unwrap()
    };
    assert!(!shown(&eve, "287082").await);
    assert!(!shown(&bob, "287083").await);
    assert!(shown(&bob, "287082").await);
    assert!(!shown(&bob, "287082").await, "a second time");
}

#[tokio::test]
async fn uses_are_written_for_keys_and_roles() {
    let world = Fixture::new().await;
    let (_, key) = world.user("bob", |_| {}).await;
    let role = world.role("Deploy", |_| {}).await;
    let subject = Subject::Role { id: role.id.clone(), name: "ci".to_owned() };
    let (session, token) = world.session(subject, |_| {});
    world.caller(&session, Some(&token)).unwrap();
    let region: Region = "eu-west-1".parse().unwrap();
    world.directory.used(&key.id, "iam", &region, 49);
    world.directory.used(&key.id, "s3", &region, 50);
    world.directory.used(&session, "s3", &region, 60);
    world.directory.record_uses().await.unwrap();

    let scope = keys::usage_scope(world.account);
    let used =
        world.door.read().record(&keys::key_uses().exactly(&key.id).below(&scope)).unwrap().unwrap().value;
    assert_eq!((used.at, used.service.as_str(), used.region.as_str()), (50, "s3", "eu-west-1"));
    let used =
        world.door.read().record(&keys::role_uses().exactly(&role.id).below(&scope)).unwrap().unwrap().value;
    assert_eq!((used.at, used.region.as_str()), (60, "eu-west-1"));
}
