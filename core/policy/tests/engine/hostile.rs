//! Whatever comes in, nothing panics; what is accepted can be asked.

use std::sync::Arc;

use kurodo_policy::{
    Attached, Context, Kind, Model, Policies, Policy, PrincipalKind, Request, context_keys, evaluate,
    explain, is_public,
};
use proptest::{prelude::*, sample::select};

use crate::world::principal;

const KINDS: [Kind; 9] = [
    Kind::Identity,
    Kind::Resource,
    Kind::Trust,
    Kind::Boundary,
    Kind::Session,
    Kind::Scp,
    Kind::Rcp,
    Kind::Endpoint,
    Kind::KeyPolicy,
];

/// Reads a text as every kind of policy and asks those that are accepted.
fn survive(text: &str, resource: &str) {
    for kind in KINDS {
        let Ok(policy) = Policy::parse(text, kind) else { continue };
        assert_eq!(policy.source(), text);
        context_keys(&policy);
        is_public(&policy);
        let attached = [Attached { name: String::new(), policy: Arc::new(policy) }];
        let mut context = Context::new();
        context.set("a:b", resource);
        context.set("aws:username", "*");
        let (user, action) = (principal(PrincipalKind::User), "s3:GetObject");
        let request = Request { principal: &user, action, resource, owner: None, context: &context };
        let policies = Policies { identity: &attached, resource: attached.first(), ..Policies::default() };
        let decision = evaluate(&request, &policies, Model::Standard);
        assert_eq!(explain(&request, &policies, Model::Standard).decision, decision);
    }
}

fn fragments() -> impl Strategy<Value = String> {
    let fragment = select(vec![
        "\"Effect\":\"Allow\",",
        "\"Action\":\"*\",",
        "\"Action\":\"s3:Get*\",",
        "\"NotAction\":[],",
        "\"Resource\":\"*\",",
        "\"Resource\":\"arn:aws:s3:::${a:b}*${*}${\",",
        "\"NotResource\":\"arn:aws\",",
        "\"Principal\":\"*\",",
        "\"Principal\":{\"AWS\":\"111122223333\"},",
        "\"Condition\":{\"StringLike\":{\"a:b\":[\"${a:b}?*\",\"\"]}},",
        "\"Condition\":{\"ArnLike\":{\"a:b\":\"${a:b}:${a:b, 'x'}:*\"}},",
        "\"Condition\":{\"NumericLessThan\":{\"a:b\":-1.5}},",
        "\"Sid\":\"\\u0000\",",
        "\"Effect\":\"Deny\",",
        "x",
    ]);
    prop::collection::vec(fragment, 0..7).prop_map(|fragments| {
        let statement = fragments.concat();
        let statement = statement.trim_end_matches(',');
        format!("{{\"Version\":\"2012-10-17\",\"Statement\":[{{{statement}}}]}}")
    })
}

proptest! {
    #[test]
    fn any_text(text in any::<String>()) {
        survive(&text, &text);
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        survive(&String::from_utf8_lossy(&bytes), "arn:aws:s3:::b");
    }

    #[test]
    fn any_statement(text in fragments(), resource in "(arn:aws:s3:::[a-z*:]{0,6}|[a-z:*]{0,9})") {
        survive(&text, &resource);
    }

    #[test]
    fn any_change_of_a_good_policy(at in 0..200_usize, with in any::<char>(), text in fragments()) {
        let mut characters: Vec<char> = text.chars().collect();
        if let Some(character) = characters.get_mut(at) {
            *character = with;
        }
        survive(&characters.into_iter().collect::<String>(), "arn:aws:s3:::b/k");
    }
}
