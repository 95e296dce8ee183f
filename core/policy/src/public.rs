//! What S3 calls a public policy.
//!
//! Source: S3 User Guide, "Blocking public access to your Amazon S3 storage", "The meaning of public".

use ipnet::IpNet;

use crate::{
    Effect, Policy, Statement,
    condition::{Comparison, Condition, SetOperator, network},
    principal_element::Who,
};

/// Keys that close a policy to the public when every value is fixed: no wildcard, no variable.
const FIXING_KEYS: [&str; 12] = [
    "aws:sourcearn",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceowner",
    "aws:sourceaccount",
    "aws:userid",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:dataaccesspointarn",
    "s3:dataaccesspointaccount",
];

/// The same keys where DynamoDB asks: no networks, and more of what is AWS's.
///
/// Source: DynamoDB Developer Guide, "Blocking public access with resource-based policies in DynamoDB".
const FIXING_KEYS_OF_DYNAMODB: [&str; 14] = [
    "aws:ec2instancesourcevpc",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
];

/// Whether S3 calls a bucket's policy public: one of its statements allows something to more than fixed
/// principals and does not limit it to fixed networks, accounts or the like.
pub fn is_public(policy: &Policy) -> bool {
    policy.statements().iter().any(|statement| is_public_statement(statement, &FIXING_KEYS, true))
}

/// Whether DynamoDB calls a policy of a table or stream public.
pub fn is_public_in_dynamodb(policy: &Policy) -> bool {
    let keys = &FIXING_KEYS_OF_DYNAMODB;
    policy.statements().iter().any(|statement| is_public_statement(statement, keys, false))
}

fn is_public_statement(statement: &Statement, keys: &[&str], networks: bool) -> bool {
    let fixed = |who: &Who| !matches!(who, Who::Everyone | Who::Federated(_));
    let fixed_principals = statement
        .principal
        .as_ref()
        .is_some_and(|element| !element.negated && element.values.iter().all(fixed));
    statement.effect == Effect::Allow
        && !fixed_principals
        && !statement.conditions.iter().any(|condition| is_fixing(condition, keys, networks))
}

/// Whether a condition limits its key to fixed values, and cannot hold without the key.
fn is_fixing(condition: &Condition, keys: &[&str], networks: bool) -> bool {
    let operator = condition.operator;
    let vacuous = operator.set == Some(SetOperator::ForAllValues)
        || (operator.if_exists && operator.set.is_none())
        || operator.negated
        || condition.values.is_empty();
    if vacuous {
        return false;
    }
    let key = condition.key.to_ascii_lowercase();
    match operator.comparison {
        Comparison::Bool => {
            let all_true = condition.values.iter().all(|value| value.eq_ignore_ascii_case("true"));
            !networks && key == "aws:principalisawsservice" && all_true
        }
        Comparison::Ip => {
            networks && key == "aws:sourceip" && condition.values.iter().all(|value| is_narrow(value))
        }
        Comparison::String { .. } | Comparison::Arn => {
            keys.contains(&key.as_str()) && condition.values.iter().all(|value| is_fixed(&key, value))
        }
        _ => false,
    }
}

/// Ranges of more than a 256th of the IPv4 internet, or a 32-bit prefix of IPv6, are the public.
fn is_narrow(value: &str) -> bool {
    match network(value) {
        Some(IpNet::V4(network)) => network.prefix_len() >= 8,
        Some(IpNet::V6(network)) => network.prefix_len() >= 32,
        None => false,
    }
}

fn is_fixed(key: &str, value: &str) -> bool {
    let open = |text: &str| text.contains(['*', '?']) || text.contains("${");
    match key {
        "s3:dataaccesspointarn" => {
            let mut parts = value.splitn(6, ':');
            let account = parts.nth(4).unwrap_or("");
            let point = parts.next().is_some_and(|resource| resource.starts_with("accesspoint/"));
            point && !account.is_empty() && !open(account) && !value.contains("${")
        }
        "aws:userid" => !open(value.strip_suffix(":*").filter(|id| id.starts_with("AROA")).unwrap_or(value)),
        _ => !open(value),
    }
}

#[cfg(test)]
mod tests;
