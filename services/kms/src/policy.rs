//! Key policies.
//!
//! Source: KMS Developer Guide, "Key policies in AWS KMS", "Default key policy"; API Reference, PutKeyPolicy.

use std::sync::Arc;

use kurodo_arn::{AccountId, Region};
use kurodo_gateway::Call;
use kurodo_identity::{BindError, Principals};
use kurodo_policy::{Attached, Kind, Model, Policies, Policy, Request, evaluate};

use crate::{Error, key::Key};

/// The one policy of a key.
pub(crate) const NAME: &str = "default";
/// The most bytes of a policy.
const LONGEST: usize = 32 << 10;

/// The policy of a key that is made without one: it leaves everything to the account.
pub(crate) fn usual(account: AccountId) -> String {
    let statement = serde_json::json!({
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": { "AWS": format!("arn:aws:iam::{account}:root") },
        "Action": "kms:*",
        "Resource": "*",
    });
    let policy =
        serde_json::json!({ "Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement] });
    serde_json::to_string_pretty(&policy).unwrap_or_default()
}

/// The policy of a key that a service keeps for an account: whoever uses the service, by the service, and nobody else.
pub(crate) fn managed(service: &str, account: AccountId, region: &Region) -> String {
    let by_service = serde_json::json!({
        "Sid": format!("Allow access through {service} for all principals in the account that are authorized to use it"),
        "Effect": "Allow",
        "Principal": { "AWS": "*" },
        "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant",
            "kms:DescribeKey"],
        "Resource": "*",
        "Condition": { "StringEquals": {
            "kms:CallerAccount": account.to_string(),
            "kms:ViaService": format!("{service}.{region}.amazonaws.com"),
        } },
    });
    let metadata = serde_json::json!({
        "Sid": "Allow direct access to key metadata to the account",
        "Effect": "Allow",
        "Principal": { "AWS": format!("arn:aws:iam::{account}:root") },
        "Action": ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"],
        "Resource": "*",
    });
    let id = format!("auto-{service}-1");
    serde_json::json!({ "Version": "2012-10-17", "Id": id, "Statement": [by_service, metadata] }).to_string()
}

/// A policy that was given, with the unique ids of the users and roles that it names.
///
/// # Errors
/// [`Error::MalformedPolicy`].
pub(crate) fn accept(principals: &Principals, text: &str) -> Result<String, Error> {
    if text.len() > LONGEST {
        return Err(Error::LimitExceeded("The policy is longer than 32 KB.".to_owned()));
    }
    Policy::parse(text, Kind::KeyPolicy).map_err(|error| Error::MalformedPolicy(error.to_string()))?;
    principals.bind(text).map_err(|error| match error {
        BindError::Store(error) => error.into(),
        BindError::Unknown(_) => Error::MalformedPolicy(
            "Policy contains a statement with one or more invalid principals.".to_owned(),
        ),
        other => Error::MalformedPolicy(other.to_string()),
    })
}

/// The stored policy of a key, to be asked.
pub(crate) fn compile(key: &Key) -> Result<Attached, Error> {
    let policy = Policy::parse(&key.bound_policy, Kind::KeyPolicy).map_err(|_| Error::Damaged)?;
    Ok(Attached { name: format!("key-policy:{}", key.id), policy: Arc::new(policy) })
}

/// What the account's own policies may come to allow.
const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

/// That the policy lets whoever gives it to a key change it again: itself, or by leaving it to the account.
///
/// # Errors
/// [`Error::MalformedPolicy`].
pub(crate) fn safe(key: &Key, call: &Call) -> Result<(), Error> {
    let attached = compile(key)?;
    let everything = Policy::parse(EVERYTHING, Kind::Identity).map_err(|_| Error::Damaged)?;
    let everything = [Attached { name: String::new(), policy: Arc::new(everything) }];
    let (account, arn) = (call.account(), "arn:aws:kms:us-east-1:000000000000:key/new");
    let request = Request {
        principal: &call.caller.principal,
        action: "kms:PutKeyPolicy",
        resource: arn,
        owner: account,
        context: &call.context,
    };
    let policies = Policies {
        scps: &[],
        rcps: &[],
        resource: Some(&attached),
        resource_grant: None,
        public_grant: None,
        identity: &everything,
        boundary: None,
        session: None,
        endpoint: None,
    };
    match evaluate(&request, &policies, Model::KeyPolicy).allowed {
        true => Ok(()),
        false => Err(Error::MalformedPolicy(
            "The new key policy will not allow you to update the key policy in the future.".to_owned(),
        )),
    }
}
