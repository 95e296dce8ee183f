use kurodo_arn::AccountId;
use kurodo_policy::Kind;

use super::{
    context,
    question::{Question, nobody, principal},
    result,
    simulator::{Simulator, listed},
};
use crate::{
    model::{
        ContextEntry, ContextKeyTypeEnum, EvaluationResult, OrderedOrganizationPolicyType,
        PolicyEvaluationDecisionType as Decision,
    },
    page::Paging,
};

const HOME: &str = "111122223333";
const READ: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::a/*"}]}"#;
const ALL: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
const DENY: &str = "{\"Version\":\"2012-10-17\",\n \"Statement\":[\n  {\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}";

fn account(text: &str) -> AccountId {
    text.parse().unwrap()
}

fn simulator(policies: &[&str]) -> Simulator {
    let texts = policies.iter().map(|&text| text.to_owned()).collect();
    let identity = listed("PolicyInputList", Some(&texts), Kind::Identity).unwrap();
    Simulator { identity, ..Simulator::default() }
}

fn ask(simulator: &Simulator, action: &str, resource: &str) -> EvaluationResult {
    ask_as(simulator, principal("arn:aws:iam::111122223333:user/bob", None).unwrap(), action, resource, None)
}

fn ask_as(
    simulator: &Simulator,
    caller: kurodo_policy::Principal,
    action: &str,
    resource: &str,
    owner: Option<&str>,
) -> EvaluationResult {
    let resources = vec![resource.to_owned()];
    let owner = owner.map(str::to_owned);
    let question = Question::new(caller, &[action.to_owned()], Some(&resources), owner.as_ref()).unwrap();
    let paging = Paging::read("SimulateCustomPolicy", account(HOME), None, None).unwrap();
    result::page(&paging, simulator, &question).unwrap().items.remove(0)
}

#[test]
fn decisions_are_those_of_the_evaluator() {
    let read = simulator(&[READ]);
    assert_eq!(ask(&read, "s3:GetObject", "arn:aws:s3:::a/b").eval_decision, Decision::Allowed);
    assert_eq!(ask(&read, "s3:PutObject", "arn:aws:s3:::a/b").eval_decision, Decision::ImplicitDeny);
    assert_eq!(ask(&read, "s3:GetObject", "*").eval_decision, Decision::ImplicitDeny);
    let denied = simulator(&[READ, DENY]);
    assert_eq!(ask(&denied, "s3:GetObject", "arn:aws:s3:::a/b").eval_decision, Decision::ExplicitDeny);
}

#[test]
fn a_deny_is_cited_alone_with_its_place() {
    let result = ask(&simulator(&[READ, DENY]), "s3:GetObject", "arn:aws:s3:::a/b");
    let statements = result.matched_statements.unwrap();
    assert_eq!(statements.len(), 1);
    assert_eq!(statements[0].source_policy_id.as_deref(), Some("PolicyInputList.2"));
    let (start, end) =
        (statements[0].start_position.clone().unwrap(), statements[0].end_position.clone().unwrap());
    assert_eq!((start.line, start.column), (Some(3), Some(3)));
    assert_eq!(end.line, Some(3));
    assert!(end.column > start.column);
}

#[test]
fn keys_that_are_missing_are_named() {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/dept":"a"}}}]}"#;
    let mut simulator = simulator(&[policy]);
    let result = ask(&simulator, "s3:GetObject", "*");
    assert_eq!(result.eval_decision, Decision::ImplicitDeny);
    assert_eq!(result.missing_context_values.unwrap(), ["aws:PrincipalTag/dept"]);
    let entry = |values: &[&str], kind| ContextEntry {
        context_key_name: Some("aws:principaltag/DEPT".to_owned()),
        context_key_values: Some(values.iter().map(|&value| value.to_owned()).collect()),
        context_key_type: Some(kind),
    };
    context::add(&mut simulator.context, &[entry(&["a"], ContextKeyTypeEnum::String)]).unwrap();
    let result = ask(&simulator, "s3:GetObject", "*");
    assert_eq!(result.eval_decision, Decision::Allowed);
    assert!(result.missing_context_values.unwrap().is_empty());
    let two = context::add(&mut simulator.context, &[entry(&["a", "b"], ContextKeyTypeEnum::String)]);
    assert_eq!(two.unwrap_err().code(), Some(("InvalidInput", 400)));
    context::add(&mut simulator.context, &[entry(&["a", "b"], ContextKeyTypeEnum::StringList)]).unwrap();
}

#[test]
fn boundaries_and_organisations_are_told_apart() {
    let mut bounded = simulator(&[ALL]);
    bounded.bound(Some(&vec![READ.to_owned()])).unwrap();
    let level = |text: &str| OrderedOrganizationPolicyType {
        service_control_policy_input_list: Some(vec![text.to_owned()]),
    };
    bounded.organize(&[level(ALL), level(ALL)]).unwrap();
    let told = |result: &EvaluationResult| {
        let organizations = result.organizations_decision_detail.as_ref().unwrap().allowed_by_organizations;
        let boundary = result.permissions_boundary_decision_detail.as_ref().unwrap();
        (result.eval_decision, organizations.unwrap(), boundary.allowed_by_permissions_boundary.unwrap())
    };
    let inside = ask(&bounded, "s3:GetObject", "arn:aws:s3:::a/b");
    assert_eq!(told(&inside), (Decision::Allowed, true, true));
    let outside = ask(&bounded, "s3:PutObject", "arn:aws:s3:::a/b");
    assert_eq!(told(&outside), (Decision::ImplicitDeny, true, false));
    bounded.organize(&[level(DENY)]).unwrap();
    let denied = ask(&bounded, "s3:GetObject", "arn:aws:s3:::a/b");
    assert_eq!(told(&denied), (Decision::ExplicitDeny, false, true));
    assert!(ask(&simulator(&[ALL]), "s3:GetObject", "*").organizations_decision_detail.is_none());
}

#[test]
fn across_accounts_both_sides_must_allow() {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/bob"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}]}"#;
    let bob = || principal("arn:aws:iam::111122223333:user/bob", None).unwrap();
    let ask = |simulator: &Simulator| {
        ask_as(simulator, bob(), "s3:GetObject", "arn:aws:s3:::a/b", Some("444455556666"))
    };
    let mut both = simulator(&[READ]);
    assert_eq!(ask(&both).eval_decision, Decision::ImplicitDeny);
    both.protect(Some(&policy.to_owned())).unwrap();
    let result = ask(&both);
    assert_eq!(result.eval_decision, Decision::Allowed);
    assert_eq!(result.matched_statements.as_ref().unwrap().len(), 2);
    let details = result.eval_decision_details.unwrap();
    assert_eq!(details["Resource policy"], Decision::Allowed);
    let mut one = simulator(&[]);
    one.protect(Some(&policy.to_owned())).unwrap();
    assert_eq!(ask(&one).eval_decision, Decision::ImplicitDeny);
}

#[test]
fn every_action_is_asked_of_every_resource_and_paged() {
    let resources = vec!["arn:aws:s3:::a/1".to_owned(), "arn:aws:s3:::b/1".to_owned()];
    let actions = ["s3:GetObject".to_owned(), "s3:PutObject".to_owned()];
    let question = Question::new(nobody(account(HOME)), &actions, Some(&resources), None).unwrap();
    let simulator = simulator(&[READ]);
    let page = |marker: Option<&String>| {
        let paging = Paging::read("SimulateCustomPolicy", account(HOME), marker, Some(3)).unwrap();
        result::page(&paging, &simulator, &question).unwrap()
    };
    let first = page(None);
    assert_eq!(first.items.len(), 3);
    let rest = page(first.marker.as_ref());
    assert_eq!((rest.items.len(), rest.marker), (1, None));
    assert_eq!(rest.items[0].eval_action_name, "s3:PutObject");
    assert_eq!(rest.items[0].eval_resource_name.as_deref(), Some("arn:aws:s3:::b/1"));
}

#[test]
fn actions_are_named_in_full() {
    for action in ["s3:*", "GetObject", "s3:", ":Get", "s3:Get Object", "*"] {
        let refused = Question::new(nobody(account(HOME)), &[action.to_owned()], None, None).unwrap_err();
        assert_eq!(refused.code(), Some(("InvalidInput", 400)), "{action}");
    }
}
