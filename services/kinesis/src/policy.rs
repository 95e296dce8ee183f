//! Policies of streams and of consumers.

use std::{fmt::Display, sync::Arc};

use kurodo_arn::AccountId;
use kurodo_identity::{BindError, Principals};
use kurodo_policy::{Attached, Kind, Policy, Principal, PrincipalKind};

use crate::Error;

/// The most bytes of a policy.
///
/// Source: Kinesis Developer Guide, "Resource-based policy examples": 20 KB.
const LONGEST: usize = 20 << 10;

/// A policy that was given, with the unique ids of the users and roles that it names.
///
/// # Errors
/// The text is no policy, or names users or roles that do not exist.
pub(crate) fn accept(principals: &Principals, text: &str) -> Result<String, Error> {
    let invalid = |why: &dyn Display| Error::invalid(format!("Invalid policy document: {why}"));
    if text.len() > LONGEST {
        return Err(Error::LimitExceeded("Policy size exceeds the limit of 20 KB.".to_owned()));
    }
    Policy::parse(text, Kind::Resource).map_err(|error| invalid(&error))?;
    principals.bind(text).map_err(|error| match error {
        BindError::Store(error) => error.into(),
        other => invalid(&other),
    })
}

/// A stored policy, to be asked: who bears a name later than it was given is not meant.
pub(crate) fn compile(
    name: &str,
    bound: &Option<String>,
    given: &Option<String>,
) -> Result<Option<Attached>, Error> {
    let Some(given) = given else { return Ok(None) };
    let text = bound.as_ref().unwrap_or(given);
    let policy = Policy::parse(text, Kind::Resource).map_err(|_| Error::Damaged(name.to_owned()))?;
    Ok(Some(Attached { name: format!("resource-policy:stream/{name}"), policy: Arc::new(policy) }))
}

/// Whether the policy of a stream or consumer of this account has a say on an action of a principal. It lets other accounts
/// put and read, and nothing else: who is given `kinesis:*` does not delete the stream. And it does not keep the account's
/// root user from changing it, who could otherwise be locked out for good.
///
/// Source: Kinesis Data Streams Developer Guide, "Share access with resource-based policies", the examples' actions; AWS
/// Lambda Developer Guide, "Using cross-account Kinesis streams".
pub(crate) fn hears(owner: AccountId, action: &str, principal: &Principal) -> bool {
    const OF_POLICIES: [&str; 2] = ["kinesis:PutResourcePolicy", "kinesis:DeleteResourcePolicy"];
    match principal.account {
        Some(account) if account != owner => ACROSS_ACCOUNTS.contains(&action),
        _ => principal.kind != PrincipalKind::Root || !OF_POLICIES.contains(&action),
    }
}

const ACROSS_ACCOUNTS: [&str; 9] = [
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamConsumer",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
    "kinesis:PutRecord",
    "kinesis:PutRecords",
    "kinesis:SubscribeToShard",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_decide_who_were_meant_when_the_policy_was_given() {
        let text = |who: &str| {
            let statement =
                format!(r#"{{"Effect":"Allow","Principal":{{"AWS":"{who}"}},"Action":"*","Resource":"*"}}"#);
            Some(format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#))
        };
        let (name, id) = ("arn:aws:iam::111122223333:user/ada", "AIDAABCDEFGHIJKLMNOPQ");
        for (bound, given, named) in [
            (text(id), text(name), Some(id)),
            // Policies of old are not bound.
            (None, text(name), Some(name)),
            (text(id), None, None),
        ] {
            let found = compile("s", &bound, &given).unwrap();
            let statements = found.iter().flat_map(|found| found.policy.statements());
            assert_eq!(statements.flat_map(|one| one.principals()).next(), named);
        }
    }
}
