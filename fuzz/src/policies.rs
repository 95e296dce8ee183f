//! Policies and ARNs.

use std::sync::Arc;

use kurodo_policy::{
    Attached, Context, Kind, Model, Policies, Policy, Principal, PrincipalKind, Request, context_keys,
    explain, is_public,
};

/// Reads bytes as every kind of policy, and asks those that are accepted.
pub fn policy(data: &[u8]) {
    use Kind::{Boundary, Endpoint, Identity, KeyPolicy, Rcp, Resource, Scp, Session, Trust};
    let Ok(text) = std::str::from_utf8(data) else { return };
    for kind in [Identity, Resource, Trust, Boundary, Session, Scp, Rcp, Endpoint, KeyPolicy] {
        if let Ok(policy) = Policy::parse(text, kind) {
            ask(policy, text);
        }
    }
}

fn ask(policy: Policy, text: &str) {
    context_keys(&policy);
    is_public(&policy);
    let attached = [Attached { name: "fuzzed".to_owned(), policy: Arc::new(policy) }];
    let principal = Principal {
        kind: PrincipalKind::AssumedRole,
        account: "111122223333".parse().ok(),
        arn: "arn:aws:sts::111122223333:assumed-role/r/s".to_owned(),
        role_arn: Some("arn:aws:iam::111122223333:role/r".to_owned()),
        federated_by: None,
        canonical_id: None,
        federated: None,
        user_id: Some("AROAEXAMPLE:s".to_owned()),
    };
    let mut context = Context::new();
    for key in context_keys(&attached[0].policy) {
        context.set(key, text);
    }
    let (action, resource) = ("s3:GetObject", "arn:aws:s3:::b/k");
    let request = Request { principal: &principal, action, resource, owner: None, context: &context };
    let policies = Policies { identity: &attached, resource: attached.first(), ..Policies::default() };
    explain(&request, &policies, Model::Standard);
}

/// Reads bytes as an ARN; what is read is written the same.
pub fn arn(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(arn) = text.parse::<kurodo_arn::Arn>() {
        assert_eq!(arn.to_string(), text);
    }
}
