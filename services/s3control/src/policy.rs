//! Policies of access points: what S3 accepts, and whether they let in everybody.

use std::fmt::Display;

use kurodo_identity::{BindError, Principals};
use kurodo_policy::{Kind, Policy, is_public};
use serde_json::Value;

use crate::Error;

/// The most bytes of a policy.
///
/// Source: S3 User Guide, "Restrictions and limitations for access points": 20 KB.
const LONGEST: usize = 20 << 10;

/// A policy that was given for the access point of this ARN, with the unique ids of the users and roles that it names.
///
/// # Errors
/// The text is no policy, speaks of other things than the access point, or names users or roles that do not exist.
pub(crate) fn accept(principals: &Principals, text: &str, arn: &str) -> Result<String, Error> {
    let malformed = |why: &dyn Display| Error::MalformedPolicy(why.to_string());
    if text.len() > LONGEST {
        return Err(malformed(&"Normalized policy document exceeds the maximum allowed size of 20 KB"));
    }
    Policy::parse(text, Kind::Resource).map_err(|error| malformed(&error))?;
    let document: Value = serde_json::from_str(text).map_err(|error| malformed(&error))?;
    if !statements(&document).all(|statement| is_about(statement, arn)) {
        return Err(malformed(&"Policy has invalid resource"));
    }
    if !statements(&document).all(speaks_of_s3) {
        return Err(malformed(&"Policy has invalid action"));
    }
    principals.bind(text).map_err(|error| match error {
        BindError::Store(error) => error.into(),
        _ => malformed(&"Invalid principal in policy"),
    })
}

/// Whether a policy that is stored lets in everybody.
pub(crate) fn lets_in_everybody(bound: &str) -> Result<bool, Error> {
    Ok(is_public(&Policy::parse(bound, Kind::Resource).map_err(|_| Error::Damaged)?))
}

fn statements(document: &Value) -> impl Iterator<Item = &Value> {
    let found = document.get("Statement");
    let list = found.and_then(Value::as_array).map(Vec::as_slice);
    list.or_else(|| found.map(std::slice::from_ref)).unwrap_or_default().iter()
}

/// The texts of an element: one alone, or a list.
fn texts<'v>(statement: &'v Value, elements: [&str; 2]) -> Vec<&'v str> {
    let found = elements.iter().find_map(|element| statement.get(element));
    let list = found.and_then(Value::as_array).map(Vec::as_slice);
    list.or_else(|| found.map(std::slice::from_ref))
        .unwrap_or_default()
        .iter()
        .filter_map(Value::as_str)
        .collect()
}

/// Whether all that a statement names is the access point, by its whole ARN, or what is seen through it.
fn is_about(statement: &Value, arn: &str) -> bool {
    let own = |text: &&str| {
        text.strip_prefix(arn).is_some_and(|rest| rest.is_empty() || rest.starts_with("/object/"))
    };
    let named = texts(statement, ["Resource", "NotResource"]);
    !named.is_empty() && named.iter().all(own)
}

fn speaks_of_s3(statement: &Value) -> bool {
    texts(statement, ["Action", "NotAction"]).iter().all(|action| {
        *action == "*" || action.get(..3).is_some_and(|service| service.eq_ignore_ascii_case("s3:"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:s3:us-east-1:111122223333:accesspoint/a";

    #[test]
    fn policies_speak_of_their_access_point() {
        let about = |resource: Value| is_about(&serde_json::json!({ "Resource": resource }), ARN);
        assert!(about(ARN.into()) && about(format!("{ARN}/object/*").into()));
        assert!(about(vec![ARN.to_owned(), format!("{ARN}/object/x")].into()));
        for wrong in
            ["*", "arn:aws:s3:::bucket/*", &format!("{ARN}b"), &format!("{ARN}*"), &format!("{ARN}/key")]
        {
            assert!(!about((*wrong).into()), "{wrong}");
        }
        assert!(!about(vec![ARN, "*"].into()));
        assert!(!is_about(&serde_json::json!({}), ARN));
    }

    #[test]
    fn policies_speak_of_s3() {
        let of_s3 = |action: Value| speaks_of_s3(&serde_json::json!({ "Action": action }));
        assert!(of_s3("s3:GetObject".into()) && of_s3("*".into()) && of_s3(vec!["S3:Get*", "s3:*"].into()));
        assert!(!of_s3("iam:PassRole".into()) && !of_s3(vec!["s3:*", "sts:*"].into()) && !of_s3("s3".into()));
    }
}
