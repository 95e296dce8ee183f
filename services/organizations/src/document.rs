//! What a policy's document must be.

use kurodo_identity::OrgPolicyKind;
use kurodo_policy::{Effect, Kind, Policy};

use crate::{Error, limits};

/// The services whose resources resource control policies limit.
///
/// Source: Organizations User Guide, "List of AWS services that support RCPs".
const RCP_SERVICES: [&str; 10] =
    ["aoss", "cognito-identity", "cognito-idp", "ecr", "kms", "logs", "s3", "secretsmanager", "sqs", "sts"];

/// Checks a document for its type.
///
/// # Errors
/// [`Error::MalformedPolicyDocument`], and [`Error::Constraint`] for one that is too long.
pub(crate) fn check(kind: OrgPolicyKind, text: &str) -> Result<(), Error> {
    limits::document(kind).admits(text.chars().count())?;
    let language = match kind {
        OrgPolicyKind::Scp => Kind::Scp,
        OrgPolicyKind::Rcp => Kind::Rcp,
    };
    let policy = Policy::parse(text, language).map_err(|_| Error::MalformedPolicyDocument)?;
    let fits = kind == OrgPolicyKind::Scp
        || policy.statements().iter().all(|statement| {
            statement.effect() == Effect::Deny && statement.actions().all(of_limited_service)
        });
    if fits { Ok(()) } else { Err(Error::MalformedPolicyDocument) }
}

fn of_limited_service(action: &str) -> bool {
    action.split_once(':').is_some_and(|(service, _)| RCP_SERVICES.contains(&service.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rcp(effect: &str, action: &str) -> String {
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","Principal":"*","Action":"{action}","Resource":"*"}}}}"#
        )
    }

    #[test]
    fn resource_control_policies_only_deny_and_only_where_they_limit() {
        assert!(check(OrgPolicyKind::Rcp, &rcp("Deny", "S3:*")).is_ok());
        for (effect, action) in
            [("Allow", "*"), ("Allow", "s3:*"), ("Deny", "*"), ("Deny", "iam:*"), ("Deny", "s*:Get")]
        {
            let refused = check(OrgPolicyKind::Rcp, &rcp(effect, action)).unwrap_err();
            assert_eq!(refused.code(), Some("MalformedPolicyDocumentException"), "{effect} {action}");
        }
    }

    #[test]
    fn service_control_policies_have_no_principal() {
        let text =
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":"s3:*","Resource":"*"}]}"#;
        assert!(check(OrgPolicyKind::Scp, text).is_ok());
        for text in [rcp("Deny", "s3:*").as_str(), "{}", "", r#"{"Statement":[]}"#] {
            assert!(matches!(check(OrgPolicyKind::Scp, text), Err(Error::MalformedPolicyDocument)), "{text}");
        }
    }

    #[test]
    fn the_last_character_fits_and_the_next_does_not() {
        let text =
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}"#;
        let padded = |length: usize| format!("{text}{}", " ".repeat(length - text.len()));
        assert!(check(OrgPolicyKind::Scp, &padded(10_240)).is_ok());
        let refused = check(OrgPolicyKind::Scp, &padded(10_241)).unwrap_err();
        assert_eq!(refused.code(), Some("ConstraintViolationException"));
    }
}
