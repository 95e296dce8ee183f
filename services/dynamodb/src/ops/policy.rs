use kurodo_policy::{Kind, Policy};

use crate::{Error, facts::TableFacts};

/// The most bytes of a policy.
///
/// Source: DynamoDB Developer Guide, "Resource-based policy considerations".
const LONGEST: usize = 20 << 10;

/// That a text is a policy.
pub(super) fn check(text: &str) -> Result<(), Error> {
    if text.len() > LONGEST {
        return Err(Error::validation("Policy size exceeds the limit of 20 KB"));
    }
    match Policy::parse(text, Kind::Resource) {
        Ok(_) => Ok(()),
        Err(error) => Err(Error::Validation(format!("Invalid policy document: {error}"))),
    }
}

/// That the policy is of the revision that the caller expects; `NO_POLICY` expects none.
pub(super) fn check_revision(facts: &TableFacts, expected: Option<&str>) -> Result<(), Error> {
    let known = facts.definition.policy.as_ref().map(|policy| policy.revision.as_str());
    match expected {
        None => Ok(()),
        Some("NO_POLICY") if known.is_none() => Ok(()),
        Some(expected) if known == Some(expected) => Ok(()),
        Some(expected) => Err(missing(facts, &format!(" with revision id {expected}"))),
    }
}

/// That there is no policy.
pub(super) fn missing(facts: &TableFacts, which: &str) -> Error {
    Error::PolicyNotFound(format!(
        "Resource-based policy not found for the provided ResourceArn: {}{which}",
        facts.arn()
    ))
}
